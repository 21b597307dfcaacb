import { refusal, run, runNow } from "./command.ts";
import { undoneAtTheEnd } from "./leftovers.ts";

/** A network namespace with two links to this one: one on which its processes reach the database, one for everybody else. */
export interface Namespace {
  readonly name: string;
  /** This side's address on the database's link. */
  readonly databaseHost: string;
  /** The namespace's address on the other link. */
  readonly frontHost: string;
  /** What a command is started by to run in it. */
  readonly within: readonly string[];
  /** Lets packets on the database's link vanish, or pass again. */
  drop(dropped: boolean): Promise<void>;
  /** Puts another host in the place of the database's, one that knows none of its connections, or the right one again. */
  usurp(usurped: boolean): Promise<void>;
}

/** Why no namespace can be made here; null when it can. */
export async function namespaceObstacle(): Promise<string | null> {
  const name = freshName();
  return await refusal("no right to make a network namespace", async () => {
    await run("ip", "netns", "add", name);
    await run("ip", "netns", "delete", name);
  });
}

/** Makes a namespace that is removed with `resources`. */
export async function openNamespace(resources: AsyncDisposableStack): Promise<Namespace> {
  const name = freshName();
  await run("ip", "netns", "add", name);
  resources.use(undoneAtTheEnd(() => runNow("ip", "netns", "delete", name)));
  const inside = (...args: readonly string[]) => run("ip", "-n", name, ...args);
  await inside("link", "set", "lo", "up");
  const third = 1 + crypto.getRandomValues(new Uint8Array(1))[0]! % 250;
  const link = async (kind: "d" | "f", fourth: number) => {
    const [here, there] = [`${name}${kind}`, `${name}${kind}p`];
    const [ours, theirs] = [`10.209.${third}.${fourth}`, `10.209.${third}.${fourth + 1}`];
    await run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
    await run("ip", "address", "add", `${ours}/30`, "dev", here);
    await inside("address", "add", `${theirs}/30`, "dev", there);
    await run("ip", "link", "set", here, "up");
    await inside("link", "set", there, "up");
    return { here, ours, theirs };
  };
  const database = await link("d", 1);
  const front = await link("f", 5);
  return {
    name,
    databaseHost: database.ours,
    frontHost: front.theirs,
    within: ["ip", "netns", "exec", name],
    drop: async (dropped) => void await run("ip", "link", "set", database.here, dropped ? "down" : "up"),
    usurp: async (usurped) =>
      void await inside("address", usurped ? "add" : "delete", `${database.ours}/32`, "dev", "lo"),
  };
}

/** Short enough for the name of a link made of it. */
function freshName(): string {
  return `bt${crypto.randomUUID().slice(0, 6)}`;
}
