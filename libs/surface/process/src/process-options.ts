/** Options of the processes of a cluster. Keys are Flink's where the meaning is the same. */
import { configOption, type ConfigOption } from '@weir/base';

/** What every process of a cluster reads. */
export const processOptions = {
  clusterId: nameOption('cluster.id', 'weir', 'Name of the cluster: processes with the same name and the same NATS servers find each other.'),
  natsServers: configOption.string('nats.servers', 'nats://127.0.0.1:4222', 'NATS servers that carry the cluster\'s messages, with commas between them.'),
  natsReplicas: replicasOption('nats.replicas', 1, 'NATS servers that keep the leader register: 1, or 3 or 5 of a NATS cluster, so that leadership outlives one of them. Counts when the register is made.'),
  natsUser: configOption.string('nats.user', '', 'User towards the NATS servers.'),
  natsPassword: configOption.string('nats.password', '', 'Password of that user.'),
  natsToken: configOption.string('nats.token', '', 'Token towards the NATS servers, in place of a user.'),
  natsCredentials: configOption.string('nats.credentials-file', '', 'Credentials file (.creds) towards the NATS servers, in place of a user.'),
  natsAuthority: configOption.string('nats.tls.authority-file', '', 'Certificate authority of the NATS servers, PEM; needs servers written tls://.'),
  natsCertificate: configOption.string('nats.tls.certificate-file', '', 'Certificate of this process towards the NATS servers, PEM.'),
  natsKey: configOption.string('nats.tls.key-file', '', 'Key of that certificate, PEM.'),
  storageDirectory: configOption.string('high-availability.storageDir', '.weir/storage', 'Jobs, artifacts, checkpoints and leader epochs: a directory that all processes of the cluster share. Must survive what the cluster is to survive.'),
  artifactDirectory: configOption.string('job.artifact.dir', '.weir/artifacts', 'Where job modules are kept on this machine. Relative to the working directory; may be deleted at any time.'),
  logLevel: configOption.oneOf('log.level', ['debug', 'info', 'warn', 'error'], 'info', 'Least level that the processes of a cluster log.'),
  logDirectory: configOption.string('log.dir', '', 'Directory in which this process\'s log ends up, as <id>.log, for the REST API to show; empty: none is shown. The process itself logs to standard error.'),
  logFormat: configOption.oneOf('log.format', ['text', 'json'], 'text', 'How the processes of a cluster log: lines for people, or an object per line.'),
};

export const jobManagerOptions = {
  id: nameOption('jobmanager.id', '', 'Name of this JobManager, unlike all others of the cluster; empty: drawn at random.'),
  restAddress: configOption.string('rest.address', '', 'Host name under which other JobManagers, and clients that look for the leader, reach this one\'s REST API; empty: rest.bind-address, or the host\'s name where that means every address.'),
};

export const taskManagerOptions = {
  id: nameOption('taskmanager.id', '', 'Name of this TaskManager, unlike all others of the cluster; empty: drawn at random.'),
  slots: countOption('taskmanager.numberOfTaskSlots', 1, 'Slots of a TaskManager. Each is a thread, so not more than processor cores.'),
  heapSize: configOption.sizeBytes('taskmanager.memory.task.heap.size', 0, 'Heap of each slot\'s thread; 0: Node\'s default.'),
};

/** Names become the first word of subjects and the names of nodes. */
function nameOption(key: string, defaultValue: string, description: string): ConfigOption<string> {
  return {
    key, defaultValue, description, format: (value) => value,
    parse: (text) => {
      if (text === '' && defaultValue === '') return text;
      if (/^[a-z0-9][a-z0-9_-]{0,62}$/.test(text)) return text;
      throw new Error(`expected a name of lower-case letters, digits, - and _, got "${text}"`);
    },
  };
}

function replicasOption(key: string, defaultValue: number, description: string): ConfigOption<number> {
  return {
    key, defaultValue, description, format: String,
    parse: (text) => {
      if (/^[135]$/.test(text)) return Number(text);
      throw new Error(`expected 1, 3 or 5, got "${text}"`);
    },
  };
}

function countOption(key: string, defaultValue: number, description: string): ConfigOption<number> {
  return {
    key, defaultValue, description, format: String,
    parse: (text) => {
      if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
      throw new Error(`expected a whole number from 1 to 9999, got "${text}"`);
    },
  };
}
