// The sweep blocks its thread, so it runs in a Web Worker and the page stays alive.
const worker = new Worker(new URL("browser_worker.mjs", import.meta.url), { type: "module" });
worker.onmessage = ({ data }) => {
  document.querySelector("#result").textContent = JSON.stringify(data, null, 2);
  document.dispatchEvent(new CustomEvent("swept", { detail: data }));
};
worker.postMessage("run");
