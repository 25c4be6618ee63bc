package weir.peers;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** The generator as the table connector `weir-nexmark`. */
public final class NexmarkTable implements DynamicTableSourceFactory {
  private static final ConfigOption<Long> EVENTS = ConfigOptions.key("events").longType().noDefaultValue();
  private static final ConfigOption<Long> RATE = ConfigOptions.key("rate").longType().noDefaultValue();

  @Override
  public String factoryIdentifier() {
    return "weir-nexmark";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(EVENTS, RATE);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of();
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    return new Scan(helper.getOptions().get(EVENTS), helper.getOptions().get(RATE));
  }

  private record Scan(long events, long rate) implements ScanTableSource {
    @Override
    public ChangelogMode getChangelogMode() {
      return ChangelogMode.insertOnly();
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
      long eventsPerSecond = rate;
      return SourceProvider.of(new IndexedSource<>(events, () -> new NexmarkGenerator(eventsPerSecond)));
    }

    @Override
    public DynamicTableSource copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return "nexmark";
    }
  }
}
