import { direction } from "./direction.ts";
import { doc } from "./doc.ts";
import { endedStates } from "./ended_states.ts";
import { env } from "./env.ts";
import { filePath } from "./file_path.ts";
import { fileSize } from "./file_size.ts";
import { functionSize } from "./function_size.ts";
import { noEnum } from "./no_enum.ts";
import { positional } from "./positional.ts";

/** The rules of this house that a machine can check; see CONTRIBUTING.md. */
const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    direction,
    env,
    positional,
    doc,
    "ended-states": endedStates,
    "file-path": filePath,
    "file-size": fileSize,
    "function-size": functionSize,
    "no-enum": noEnum,
  },
};

export default plugin;
