import {
  type Copy,
  DockerfileParser,
  type Instruction,
  type JSONInstruction,
  type PropertyInstruction,
} from "dockerfile-ast";

/** One instruction of a Dockerfile that builds something. */
export type Step =
  | { readonly kind: "run"; readonly command: string }
  | {
    readonly kind: "copy";
    readonly from: string | null;
    readonly sources: readonly string[];
    readonly to: string;
  };

/** One stage of a Dockerfile. */
export interface Stage {
  readonly base: string;
  readonly name: string | null;
  readonly steps: readonly Step[];
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | null;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  readonly ports: readonly string[];
}

type Building = { -readonly [Key in keyof Stage]: Stage[Key] };

/** The stages of a Dockerfile. Throws for an instruction it does not know, so that none is passed over. */
export function dockerfileStages(text: string): readonly Stage[] {
  const stages: Building[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    const words = instruction.getArguments().map((word) => word.getValue());
    if (keyword === "FROM") stages.push(opened(words));
    else apply(keyword, { words, instruction, stage: stages[stages.length - 1]! });
  }
  return stages;
}

function opened([base, , name = null]: readonly (string | null)[]): Building {
  return {
    base: base!,
    name,
    steps: [],
    workdir: "/",
    env: {},
    user: null,
    command: [],
    healthcheck: [],
    ports: [],
  };
}

interface Line {
  readonly words: readonly string[];
  readonly instruction: Instruction;
  readonly stage: Building;
}

function apply(keyword: string, { words, instruction, stage }: Line): void {
  switch (keyword) {
    case "RUN":
      stage.steps = [...stage.steps, { kind: "run", command: instruction.getRawArgumentsContent()! }];
      return;
    case "COPY":
      stage.steps = [...stage.steps, copied(instruction, words)];
      return;
    case "ENV":
      stage.env = { ...stage.env, ...properties(instruction) };
      return;
    case "WORKDIR":
      stage.workdir = words[0]!;
      return;
    case "USER":
      stage.user = words[0]!;
      return;
    case "EXPOSE":
      stage.ports = words;
      return;
    case "CMD":
      stage.command = strings(instruction);
      return;
    case "HEALTHCHECK":
      stage.healthcheck = execForm(instruction.getRawArgumentsContent()!);
      return;
    case "ARG":
    case "LABEL":
      return;
    default:
      throw new Error(`The Dockerfile has an instruction this reader does not know: ${keyword}`);
  }
}

function copied(instruction: Instruction, words: readonly string[]): Step {
  const from = (instruction as Copy).getFromFlag()?.getValue() ?? null;
  return { kind: "copy", from, sources: words.slice(0, -1), to: words[words.length - 1]! };
}

function properties(instruction: Instruction): Record<string, string> {
  const found = (instruction as PropertyInstruction).getProperties();
  return Object.fromEntries(found.map((property) => [property.getName(), property.getValue() ?? ""]));
}

function strings(instruction: Instruction): readonly string[] {
  const found = (instruction as JSONInstruction).getJSONStrings().map((text) => text.getJSONValue());
  if (found.length === 0) throw new Error("CMD must be written as a JSON array: there is no shell");
  return found;
}

function execForm(text: string): readonly string[] {
  const [, list] = /CMD\s+(\[[\s\S]*\])/.exec(text) ?? [];
  if (list === undefined) throw new Error("HEALTHCHECK must be written as a JSON array: there is no shell");
  return JSON.parse(list.replaceAll("\\\n", ""));
}
