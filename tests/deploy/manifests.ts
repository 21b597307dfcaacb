import { parseAllDocuments } from "yaml";
import { filesBelow } from "../../scripts/files_below.ts";

/** Folder of the manifests. */
export const manifestsFolder = new URL("../../deploy/kubernetes/", import.meta.url);

/** One Kubernetes object. */
export interface Manifest {
  readonly path: string;
  readonly apiVersion: string;
  readonly kind: string;
  // deno-lint-ignore no-explicit-any -- the schemas of the kinds are what is tested
  readonly body: any;
}

/** All objects below deploy/kubernetes, kustomizations included. */
export async function manifests(): Promise<readonly Manifest[]> {
  const found: Manifest[] = [];
  for (const path of await filesBelow(manifestsFolder)) {
    if (!path.endsWith(".yaml")) continue;
    for (const document of parseAllDocuments(await Deno.readTextFile(new URL(path, manifestsFolder)))) {
      if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0]!.message}`);
      const body = document.toJS();
      found.push({ path, apiVersion: body.apiVersion, kind: body.kind, body });
    }
  }
  return found;
}
