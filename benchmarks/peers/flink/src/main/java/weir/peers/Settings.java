package weir.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.Configuration;

/** How Flink is set up; in doubt in its favour. */
final class Settings {
  private Settings() {}

  static Configuration of(int parallelism, String backend) throws Exception {
    Path checkpoints = Files.createTempDirectory("flink-peer-");
    checkpoints.toFile().deleteOnExit();
    Configuration settings = new Configuration();
    settings.setString("parallelism.default", Integer.toString(parallelism));
    settings.setString("taskmanager.numberOfTaskSlots", Integer.toString(parallelism));
    settings.setString("pipeline.object-reuse", "true");
    settings.setString("execution.checkpointing.interval", "10 s");
    settings.setString("execution.checkpointing.mode", "EXACTLY_ONCE");
    settings.setString("execution.checkpointing.dir", checkpoints.toUri().toString());
    settings.setString("execution.checkpointing.storage", "filesystem");
    settings.setString("execution.checkpointing.incremental", "true");
    settings.setString("execution.checkpointing.checkpoints-after-tasks-finish", "false");
    settings.setString("state.backend.type", backend);
    settings.setString("taskmanager.memory.network.min", "256 mb");
    settings.setString("taskmanager.memory.network.max", "256 mb");
    settings.setString("taskmanager.memory.managed.size", backend.equals("rocksdb") ? "1 gb" : "512 mb");
    settings.setString("restart-strategy.type", "none");
    settings.setString("table.exec.mini-batch.enabled", "true");
    settings.setString("table.exec.mini-batch.allow-latency", "2 s");
    settings.setString("table.exec.mini-batch.size", "50000");
    settings.setString("table.optimizer.distinct-agg.split.enabled", "true");
    settings.setString("table.optimizer.multi-join.enabled", "true");
    settings.setString("table.local-time-zone", "UTC");
    return settings;
  }

  /** CPU time of this process: tasks, garbage collection, compilation, checkpoints. */
  static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  static Duration netTime(org.apache.flink.core.execution.JobClient client) throws Exception {
    return Duration.ofMillis(client.getJobExecutionResult().get().getNetRuntime());
  }

  static void print(String name, long events, Duration net, long cpuNanos) throws Exception {
    print(name, events, net, cpuNanos, 0);
  }

  /** @param sum what the job gave, to compare with the other side's. */
  static void print(String name, long events, Duration net, long cpuNanos, long sum) throws Exception {
    double perSecond = events * 1000.0 / Math.max(1, net.toMillis());
    double perCoreSecond = events * 1e9 / cpuNanos;
    long peakKib = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) if (line.startsWith("VmHWM:")) peakKib = Long.parseLong(line.replaceAll("\\D", ""));
    System.out.printf(
        java.util.Locale.ROOT, "{\"name\":\"%s\",\"events\":%d,\"recordsPerS\":%.0f,\"recordsPerCoreS\":%.0f,\"cores\":%.2f,\"peakRssMiB\":%d,\"sum\":%d}%n", name, events, perSecond, perCoreSecond,
        cpuNanos / 1e6 / Math.max(1, net.toMillis()), peakKib / 1024, sum);
  }
}
