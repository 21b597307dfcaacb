import assert from "node:assert/strict";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { PodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import { CronJob } from "kubernetes-models/batch/v1/CronJob";
import { Job } from "kubernetes-models/batch/v1/Job";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { Secret } from "kubernetes-models/v1/Secret";
import { Service } from "kubernetes-models/v1/Service";
import { parse } from "yaml";
import { composeFile, denoArguments } from "./compose.ts";
import { type Manifest, manifests, manifestsFolder } from "./manifests.ts";
import { secrets } from "./stack.ts";
import { typeErrors } from "./type_check.ts";

// deno-lint-ignore no-explicit-any -- each model takes the body of its own kind
type Model = new (body: any) => { validate(): void };
const models: Readonly<Record<string, { readonly model: Model; readonly module: string }>> = {
  ConfigMap: { model: ConfigMap, module: "kubernetes-models/v1/ConfigMap" },
  CronJob: { model: CronJob, module: "kubernetes-models/batch/v1/CronJob" },
  Deployment: { model: Deployment, module: "kubernetes-models/apps/v1/Deployment" },
  HorizontalPodAutoscaler: {
    model: HorizontalPodAutoscaler,
    module: "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler",
  },
  Ingress: { model: Ingress, module: "kubernetes-models/networking.k8s.io/v1/Ingress" },
  Job: { model: Job, module: "kubernetes-models/batch/v1/Job" },
  Namespace: { model: Namespace, module: "kubernetes-models/v1/Namespace" },
  NetworkPolicy: { model: NetworkPolicy, module: "kubernetes-models/networking.k8s.io/v1/NetworkPolicy" },
  PersistentVolumeClaim: {
    model: PersistentVolumeClaim,
    module: "kubernetes-models/v1/PersistentVolumeClaim",
  },
  PodDisruptionBudget: {
    model: PodDisruptionBudget,
    module: "kubernetes-models/policy/v1/PodDisruptionBudget",
  },
  PodMonitor: {
    model: PodMonitor,
    module: "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor",
  },
  PrometheusRule: {
    model: PrometheusRule,
    module: "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule",
  },
  ScaledObject: { model: ScaledObject, module: "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject" },
  Secret: { model: Secret, module: "kubernetes-models/v1/Secret" },
  Service: { model: Service, module: "kubernetes-models/v1/Service" },
};

const all = await manifests();
const objects = all.filter(({ kind }) => !["Component", "Kustomization"].includes(kind));
const named = (kind: string, name: string) =>
  objects.find(({ kind: found, body }) => found === kind && body.metadata.name === name)!.body;
const workloads = objects.filter(({ kind }) => ["CronJob", "Deployment", "Job"].includes(kind));
const podOf = ({ kind, body }: Manifest) => (kind === "CronJob" ? body.spec.jobTemplate : body).spec.template;

Deno.test("each manifest is valid by the schema of its kind", () => {
  assert.ok(objects.length >= 16, String(objects.length));
  for (const { path, kind, body } of objects) {
    assert.ok(models[kind] !== undefined, `${path}: no schema for ${kind}`);
    const { model } = models[kind];
    assert.doesNotThrow(() => new model(body).validate(), path);
    const { apiVersion } = new model({ metadata: { name: "x" } }) as unknown as { apiVersion: string };
    assert.equal(body.apiVersion, apiVersion, path);
  }
});

/** Objects as literals of their kind's type: the compiler refuses members that the type does not have. */
function asTypeScript(found: readonly Manifest[]): string {
  return found.map(({ kind, body }, i) =>
    `import type { I${kind} as I${i} } from "${models[kind]!.module}";\n` +
    `export const object${i}: I${i} = ${JSON.stringify(body)};\n`
  ).join("");
}

Deno.test("no manifest has a member its kind does not know, however deep", async () => {
  assert.equal(await typeErrors(asTypeScript(objects)), "");
  const deployment = objects.find(({ kind }) => kind === "Deployment")!;
  const wrong = structuredClone(deployment.body);
  wrong.spec.template.spec.containers[0].resorces = {};
  assert.match(await typeErrors(asTypeScript([{ ...deployment, body: wrong }])), /resorces/);
});

Deno.test("pods run as nobody, write nowhere and may call no Kubernetes", () => {
  assert.equal(workloads.length, 4);
  for (const workload of workloads) {
    const { path } = workload;
    const { spec } = podOf(workload);
    assert.equal(spec.automountServiceAccountToken, false, path);
    assert.deepEqual(spec.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    }, path);
    for (const { securityContext, resources } of spec.containers) {
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      }, path);
      assert.ok(resources.requests.cpu && resources.requests.memory && resources.limits.memory, path);
    }
  }
});

Deno.test("pods have the commands of compose.yaml, but for the addresses of the site", async () => {
  const { services } = await composeFile(secrets);
  for (const workload of workloads.filter(({ kind }) => kind !== "CronJob")) {
    const name: string = workload.body.metadata.name;
    const [{ args }] = podOf(workload).spec.containers;
    const withoutHosts = (list: readonly string[]) =>
      list.map((arg) =>
        arg.replaceAll("$(PG_ADDRESS)", "postgres:5432").replaceAll("$(CH_ADDRESS)", "clickhouse:8123")
      );
    assert.deepEqual(withoutHosts(args), denoArguments(services[name.replace("backtest-", "")]!), name);
  }
});

Deno.test("pods read settings that exist: the variables of their arguments, the keys of the secret", () => {
  const { data } = named("ConfigMap", "backtest-env");
  const { stringData } = named("Secret", "backtest");
  const used = new Set<string>();
  for (const workload of workloads) {
    const { path } = workload;
    const [{ args, env, envFrom }] = podOf(workload).spec.containers;
    assert.deepEqual(envFrom, [{ configMapRef: { name: "backtest-env" } }], path);
    for (const [, name] of args.join(" ").matchAll(/\$\((\w+)\)/g)) {
      assert.ok(name in data, `${path}: ${name}`);
    }
    for (const { name, valueFrom: { secretKeyRef } } of env) {
      assert.deepEqual(secretKeyRef, { name: "backtest", key: name }, path);
      used.add(name);
    }
  }
  assert.deepEqual([...used].sort(), Object.keys(stringData).sort());
  assert.equal(data.CH_ADDRESS, `${data.CH_HOST}:${data.CH_PORT}`);
  assert.equal(new URL(stringData.STRATEGY_PG_DSN).host, data.PG_ADDRESS);
  const egress: readonly { readonly ports: readonly { readonly port: number }[] }[] =
    named("NetworkPolicy", "backtest-egress").spec.egress;
  const open = egress.flatMap(({ ports }) => ports.map(({ port }) => String(port)));
  for (const address of [data.PG_ADDRESS, data.CH_ADDRESS]) {
    assert.ok(open.includes(address.split(":")[1]), address);
  }
});

/** A workload as the operations of a kustomize patch leave it: each adds a member, or to the end of a list. */
function patched(body: Manifest["body"], patch: string): Manifest["body"] {
  const result = structuredClone(body);
  for (const { op, path, value } of parse(patch) as readonly { op: string; path: string; value: unknown }[]) {
    assert.equal(op, "add");
    const names = path.split("/").slice(1);
    const last = names.pop()!;
    const holder = names.reduce((found, name) => found[name], result);
    assert.ok(holder !== undefined, path);
    if (last === "-") holder.push(value);
    else holder[last] = value;
  }
  return result;
}

Deno.test("the component of uploads mounts one claim where the permissions let API write and workers read", async () => {
  const { body: component } = all.find(({ kind }) => kind === "Component")!;
  assert.deepEqual(component.resources, ["claim.yaml"]);
  const claim = named("PersistentVolumeClaim", "backtest-uploads");
  assert.deepEqual(claim.spec.accessModes, ["ReadWriteMany"]);
  const changed: Manifest[] = [];
  for (const { target, patch } of component.patches) {
    const found = objects.find(({ kind, body }) =>
      kind === target.kind && body.metadata.name === target.name
    )!;
    const body = patched(found.body, patch);
    changed.push({ ...found, body });
    const { securityContext, volumes, containers: [{ args, volumeMounts }] } = body.spec.template.spec;
    const isApi = target.name === "backtest-api";
    const readOnly = isApi ? {} : { readOnly: true };
    assert.equal(securityContext.fsGroup, securityContext.runAsGroup);
    assert.deepEqual(volumes.at(-1), {
      name: "uploads",
      persistentVolumeClaim: { claimName: claim.metadata.name, ...readOnly },
    });
    assert.deepEqual(volumeMounts.at(-1), { name: "uploads", mountPath: "/uploads", ...readOnly });
    assert.ok(args.some((arg: string) => /^--allow-read=.*,\/uploads$/.test(arg)));
    assert.equal(args.includes("--allow-write=/uploads"), isApi);
    new models.Deployment!.model(body).validate();
  }
  assert.deepEqual(changed.map(({ body }) => body.metadata.name), ["backtest-api", "backtest-worker"]);
  assert.equal(await typeErrors(asTypeScript(changed)), "");
  const { services } = await composeFile(secrets);
  assert.ok((services.api!.volumes as readonly string[]).includes("./data/uploads:/uploads"));
  assert.ok((services.worker!.volumes as readonly string[]).includes("./data/uploads:/uploads:ro"));
});

Deno.test("every night what the config says is pruned, with the rights of tools on the database alone", async () => {
  const cron = named("CronJob", "backtest-prune");
  const [{ args, volumeMounts }] = cron.spec.jobTemplate.spec.template.spec.containers;
  assert.deepEqual(args.slice(args.indexOf("src/main.ts") + 1), ["jobs", "prune", "--yes"]);
  const { services } = await composeFile(secrets);
  const tools = denoArguments(services.tools!).filter((arg) =>
    !/^--(help|allow-(write|net|read)=)/.test(arg)
  );
  const flags: readonly string[] = args.slice(0, args.indexOf("src/main.ts") + 1);
  assert.deepEqual(flags.filter((arg) => !/^--allow-(net|read)=/.test(arg)), tools);
  assert.ok(flags.includes("--allow-net=$(PG_ADDRESS)"));
  assert.equal(cron.spec.concurrencyPolicy, "Forbid");
  // the config says how long jobs are kept
  assert.deepEqual(volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath), [
    "/app/configs/prod",
  ]);
  const config = parse(await Deno.readTextFile(new URL("../../configs/prod/backtest.yaml", import.meta.url)));
  assert.ok(config.backtest.jobs.retention_days > 0);
});

Deno.test("the example of an ingress leads to the API with TLS, and lets events through", () => {
  const { spec, metadata } = named("Ingress", "backtest-api");
  const [{ host, http: { paths: [{ backend }] } }] = spec.rules;
  assert.deepEqual(spec.tls[0].hosts, [host]);
  const service = named("Service", backend.service.name);
  assert.ok(service.spec.ports.some(({ name }: { name: string }) => name === backend.service.port.name));
  assert.equal(metadata.annotations["nginx.ingress.kubernetes.io/proxy-buffering"], "off");
});

Deno.test("pods have time to give a job back, are probed, and are found by budgets, service and monitors", () => {
  for (const component of ["worker", "api"]) {
    const { spec } = named("Deployment", `backtest-${component}`);
    const { labels } = spec.template.metadata;
    assert.deepEqual(spec.selector.matchLabels, labels);
    assert.ok(spec.template.spec.terminationGracePeriodSeconds > 5);
    const [{ startupProbe, livenessProbe, readinessProbe, ports }] = spec.template.spec.containers;
    assert.equal(startupProbe.httpGet.path, "/healthz");
    assert.equal(livenessProbe.httpGet.path, "/healthz");
    assert.equal(readinessProbe.httpGet.path, "/readyz");
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      assert.equal(probe.httpGet.port, ports[0].name);
    }
    for (const kind of ["PodDisruptionBudget", "PodMonitor"]) {
      assert.deepEqual(named(kind, `backtest-${component}`).spec.selector.matchLabels, labels, kind);
    }
  }
  const { spec } = named("Service", "backtest-api");
  assert.deepEqual(spec.selector, named("Deployment", "backtest-api").spec.template.metadata.labels);
});

Deno.test("the scalers go up to twenty workers, and name the one that is there", () => {
  const keda = named("ScaledObject", "backtest-worker").spec;
  const hpa = named("HorizontalPodAutoscaler", "backtest-worker").spec;
  const { replicas } = named("Deployment", "backtest-worker").spec;
  assert.deepEqual([keda.minReplicaCount, keda.maxReplicaCount], [replicas, 20]);
  assert.deepEqual([hpa.minReplicas, hpa.maxReplicas], [replicas, 20]);
  assert.equal(keda.scaleTargetRef.name, "backtest-worker");
  assert.equal(hpa.scaleTargetRef.name, "backtest-worker");
  assert.deepEqual(hpa.behavior, keda.advanced.horizontalPodAutoscalerConfig.behavior);
});

Deno.test("kustomizations name files that are there, and all but the example and the choices", async () => {
  const listed = new Set<string>();
  for (const { path, body } of all.filter(({ kind }) => kind === "Kustomization")) {
    const folder = path.replace(/[^/]*$/, "");
    assert.equal(body.namespace, "backtest");
    for (const name of body.resources) {
      await Deno.stat(new URL(folder + name, manifestsFolder));
      listed.add(folder + name);
    }
  }
  const left = [...new Set(objects.map(({ path }) => path))].filter((path) => !listed.has(path));
  assert.deepEqual(left, [
    "ingress.example.yaml",
    "monitoring/pod_monitor.yaml",
    "monitoring/rules.yaml",
    "scaling/hpa.yaml",
    "scaling/keda.yaml",
    "secret.example.yaml",
    "uploads/claim.yaml",
  ]);
});
