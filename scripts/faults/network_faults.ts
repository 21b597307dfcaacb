import { type Closing, type ClosingProxy, closingProxy } from "./closing_proxy.ts";
import { type Fault, faultOf, outageMs, type Route } from "./fault.ts";
import { type Namespace, namespaceObstacle, openNamespace } from "./namespace.ts";
import { pause } from "./pause.ts";

interface NamespaceRoute extends Route {
  readonly namespace: Namespace;
}

interface ProxyRoute extends Route {
  readonly proxy: ClosingProxy;
}

const seconds = outageMs / 1000;

/** What befalls the way between the processes and the database. */
export const networkFaults: readonly Fault[] = [
  partition({
    name: "partition, silent",
    injected: `packets between processes and database vanish for ${seconds} s (network namespace, link down)`,
    set: ({ drop }, on) => drop(on),
    felt: /no answer within|CONNECT_TIMEOUT|EHOSTUNREACH|heartbeat_failed/,
  }),
  partition({
    name: "partition, RST",
    injected: `for ${seconds} s another host has the database's address and answers RST (network namespace)`,
    set: ({ usurp }, on) => usurp(on),
    felt: /ECONNRESET|ECONNREFUSED|CONNECTION_CLOSED/,
  }),
  closedAtFirstStatement("FIN"),
  closedAtFirstStatement("RST"),
];

function partition({ set, ...fault }: {
  readonly name: string;
  readonly injected: string;
  readonly set: (namespace: Namespace, on: boolean) => Promise<void>;
  readonly felt: RegExp;
}): Fault {
  return faultOf<NamespaceRoute>({
    ...fault,
    obstacle: namespaceObstacle,
    server: { settings: { listen_addresses: "*" } },
    async lay(server, resources) {
      const namespace = await openNamespace(resources);
      const { databaseHost, frontHost, within } = namespace;
      return { dsn: server.dsnAt(databaseHost), within, apiHost: frontHost, namespace };
    },
    async strike({ route: { namespace } }) {
      await set(namespace, true);
      await pause(outageMs);
      await set(namespace, false);
    },
  });
}

function closedAtFirstStatement(how: Closing): Fault {
  return faultOf<ProxyRoute>({
    name: `closed at the first statement, ${how}`,
    injected: `all connections ended, and for ${seconds} s each new one at its first statement, by ${how}`,
    async lay(server, resources) {
      const proxy = resources.use(await closingProxy(server.port));
      return { dsn: server.dsnAt("127.0.0.1", proxy.port), proxy };
    },
    async strike({ route: { proxy } }) {
      proxy.close(how);
      await pause(outageMs);
      proxy.close(null);
      if (proxy.closed() === 0) throw new Error("no connection got as far as its first statement");
    },
    felt: /ECONNRESET|CONNECTION_CLOSED|closed the connection/,
  });
}
