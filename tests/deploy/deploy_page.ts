const root = new URL("../../", import.meta.url);

/** A fenced block of docs/deploy.md. */
export interface Block {
  readonly language: "sh" | "sql";
  readonly text: string;
  /** What it needs that tests do not have: `Docker`, `Kubernetes` or `an administrator`; null for one that is run. */
  readonly needs: string | null;
  /** What its output must hold. */
  readonly shows: string | null;
  /** What the log of its processes, which go on, must hold. */
  readonly logs: string | null;
}

/** The blocks of the page, in order. */
export async function deployBlocks(): Promise<readonly Block[]> {
  const page = await Deno.readTextFile(new URL("docs/deploy.md", root));
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text = ""]) => {
    if (language !== "sh" && language !== "sql") throw new Error(`docs/deploy.md: nobody runs ${language}`);
    const comment = (kind: string) => new RegExp(`^(?:#|--) ${kind} (.+)$`, "m").exec(text)?.[1] ?? null;
    return { language, text, needs: comment("needs"), shows: comment("shows"), logs: comment("logs") };
  });
}

/** The commands of a shell block, continued lines joined, comments left out. */
export function commandsOf({ text }: Block): readonly string[] {
  return text.replaceAll(/\\\n\s*/g, " ").split("\n").filter((line) =>
    line.trim() !== "" && !line.startsWith("#")
  );
}
