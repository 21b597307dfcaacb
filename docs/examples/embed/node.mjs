import { readFile } from "node:fs/promises";
import { exampleSweep } from "./sweep.mjs";

const project = new URL("../../../", import.meta.url);
console.log(JSON.stringify(await exampleSweep((path) => readFile(new URL(path, project)))));
