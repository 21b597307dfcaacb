import { chromium } from "playwright-core";

// Visits the page of the API's document in a browser: docs_page_visit.ts CHROMIUM URL. A process of its own, as the
// browser's driver asks for every permission. Prints one JSON object.

/** What a visit of the page was like. */
export interface DocsPageVisit {
  readonly contentSecurityPolicy: string;
  /** Paths of the operations that are shown. */
  readonly shown: readonly string[];
  /** What the page says of the answer after `GET /healthz` was tried out on it. */
  readonly triedOut: string;
  /** Addresses of all requests, those of `data:` left out. */
  readonly requests: readonly string[];
  /** Errors on the console, of scripts, and refusals by the content security policy. */
  readonly complaints: readonly string[];
}

if (import.meta.main) {
  const [executablePath, url] = Deno.args;
  await using browser = await chromium.launch({
    executablePath: executablePath!,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  const requests: string[] = [];
  const complaints: string[] = [];
  const page = await browser.newPage();
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) requests.push(request.url());
  });
  page.on("pageerror", (error) => void complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  const answer = await page.goto(url!);
  await page.locator(".opblock").first().waitFor();
  const shown = await page.locator(".opblock-summary-path").evaluateAll((paths) =>
    paths.map((path) => path.getAttribute("data-path") ?? "")
  );
  const health = page.locator("#operations-operations-healthz");
  await health.locator(".opblock-summary").click();
  await health.getByRole("button", { name: "Try it out" }).click();
  await health.getByRole("button", { name: "Execute" }).click();
  const status = health.locator(".live-responses-table .response-col_status").last();
  const visit: DocsPageVisit = {
    contentSecurityPolicy: answer?.headers()["content-security-policy"] ?? "",
    shown,
    triedOut: await status.textContent() ?? "",
    requests,
    complaints,
  };
  console.log(JSON.stringify(visit));
}
