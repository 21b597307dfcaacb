import { exampleSweep } from "./sweep.mjs";

const project = new URL("../../../", import.meta.url);
console.log(JSON.stringify(await exampleSweep((path: string) => Deno.readFile(new URL(path, project)))));
