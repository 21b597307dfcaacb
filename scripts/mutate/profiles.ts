import { createHash } from "node:crypto";
import type { Texts } from "./reach.ts";
import type { TestProfile, Tree } from "./tree.ts";

/** What is known of a test file from a run without a mutation. */
export interface Profile {
  /** Whether its tests pass. */
  readonly sound: boolean;
  /** How long they take, in s. */
  readonly seconds: number;
  /** By path, the lines that they run, as pairs of the first and the last of a stretch. */
  readonly lines: Readonly<Record<string, readonly number[]>>;
}

/** A profile and what it was taken of: SHA-256 of the test file and of the files it ran, by path. */
export interface KeptProfile extends Profile {
  readonly hashes: Readonly<Record<string, string>>;
}

/** For a file that nobody has timed yet, in s. */
const secondsMax = 300;

/** Whether a profile has the tests run a line. */
export function runsLine({ lines }: Profile, path: string, line: number): boolean {
  const stretches = lines[path] ?? [];
  for (let i = 0; i < stretches.length; i += 2) {
    if (line >= stretches[i]! && line <= stretches[i + 1]!) return true;
  }
  return false;
}

/** The profiles of test files, those of earlier runs as far as nothing that they say of the file asked for has changed. */
export class Profiles {
  readonly #texts: Texts;
  readonly #taken = new Map<string, Promise<Profile>>();
  readonly #kept: Readonly<Record<string, KeptProfile>>;
  readonly #keep: (file: string, profile: KeptProfile) => void;

  constructor(
    texts: Texts,
    memory: {
      readonly kept: Readonly<Record<string, KeptProfile>>;
      readonly keep: (file: string, profile: KeptProfile) => void;
    },
  ) {
    this.#texts = texts;
    this.#kept = memory.kept;
    this.#keep = memory.keep;
  }

  /** The profile of a test file, if it is known and still true of `path`. */
  known(file: string, path: string): Promise<Profile> | null {
    const taken = this.#taken.get(file);
    if (taken) return taken;
    const kept = this.#kept[file];
    if (!kept || kept.hashes[file] !== this.#hash(file)) return null;
    return (kept.hashes[path] ?? this.#hash(path)) === this.#hash(path) ? Promise.resolve(kept) : null;
  }

  /** Runs a test file in a tree without a mutation. */
  take(file: string, tree: Tree): Promise<Profile> {
    const profile = tree.profile(file, secondsMax).then((end) => this.#profileOf(file, end));
    this.#taken.set(file, profile);
    return profile;
  }

  #profileOf(file: string, { outcome, seconds, lines }: TestProfile): Profile {
    if (outcome !== "passed") {
      const how = outcome === "failed" ? "fails" : "does not end";
      console.error(`${file} is passed over: it ${how} without a mutation, too`);
      return { sound: false, seconds, lines: {} };
    }
    const profile = { sound: true, seconds, lines };
    const hashes = Object.fromEntries([file, ...Object.keys(lines)].map((path) => [path, this.#hash(path)]));
    this.#keep(file, { ...profile, hashes });
    return profile;
  }

  #hash(path: string): string {
    return createHash("sha256").update(this.#texts.get(path) ?? "").digest("hex");
  }
}

/**
 * The lines that were run of the files below a folder, from a report in the format of lcov, by path in the folder.
 */
export function linesOfLcov(lcov: string, folder: string): Readonly<Record<string, readonly number[]>> {
  const lines: Record<string, number[]> = {};
  let stretches: number[] | null = null;
  for (const record of lcov.split("\n")) {
    if (record.startsWith("SF:")) {
      const path = record.slice(3);
      stretches = path.startsWith(`${folder}/src/`) ? lines[path.slice(folder.length + 1)] = [] : null;
    } else if (record.startsWith("DA:") && stretches) {
      const [line, count] = record.slice(3).split(",").map(Number) as [number, number];
      if (count === 0) continue;
      if (stretches.at(-1) === line - 1) stretches[stretches.length - 1] = line;
      else stretches.push(line, line);
    }
  }
  return lines;
}
