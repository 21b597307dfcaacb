import { exampleSweep } from "./sweep.mjs";

const project = new URL("../../../", import.meta.url);
const load = async (path) => (await fetch(new URL(path, project))).arrayBuffer();

self.onmessage = () =>
  exampleSweep(load).then(
    (result) => self.postMessage(result),
    (error) => self.postMessage({ error: String(error.message ?? error) }),
  );
