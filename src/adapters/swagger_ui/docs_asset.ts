/** A file of the page that shows the API's document. */
export interface DocsAsset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

const contentTypes: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
};

/** A file of the pinned `swagger-ui-dist` by its name; null for every name that the page does not need. */
export async function docsAsset(name: string): Promise<DocsAsset | null> {
  if (!Object.hasOwn(contentTypes, name)) return null;
  // its files are read, not loaded: the import is what has the package installed
  await import("swagger-ui-dist/package.json", { with: { type: "json" } });
  const body = await Deno.readFile(new URL(import.meta.resolve(`swagger-ui-dist/${name}`)));
  return { body, contentType: contentTypes[name]! };
}
