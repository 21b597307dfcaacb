import { diskFault } from "./disk_fault.ts";
import type { Fault } from "./fault.ts";
import { networkFaults } from "./network_faults.ts";
import { poolerFaults } from "./pooler_faults.ts";
import { serverFaults } from "./server_faults.ts";
import { sessionFaults } from "./session_faults.ts";

/** Every fault that is tried, in the order of the table. */
export const allFaults: readonly Fault[] = [
  ...serverFaults,
  ...sessionFaults,
  diskFault,
  ...networkFaults,
  ...poolerFaults,
];
