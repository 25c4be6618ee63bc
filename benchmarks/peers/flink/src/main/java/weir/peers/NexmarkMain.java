package weir.peers;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/** One query: {@code NexmarkMain <query> <seconds> <events per second of event time>}. A warm-up run, then a measured one of about that length. */
public final class NexmarkMain {
  private static final long WARM_UP_EVENTS = 1_000_000;

  private NexmarkMain() {}

  public static void main(String[] args) throws Exception {
    String query = args[0];
    double seconds = Double.parseDouble(args[1]);
    long rate = Long.parseLong(args[2]);
    Duration warmUp = run(query, WARM_UP_EVENTS, rate);
    warmUp = run(query, WARM_UP_EVENTS, rate);
    long events = Math.max(WARM_UP_EVENTS, Math.round(WARM_UP_EVENTS / (warmUp.toMillis() / 1000.0) * seconds / 100_000) * 100_000);
    System.gc();
    long cpu = Settings.cpuNanos();
    Duration net = run(query, events, rate);
    Settings.print(query, events, net, Settings.cpuNanos() - cpu);
    System.exit(0);
  }

  private static Duration run(String query, long events, long rate) throws Exception {
    Configuration settings = Settings.of(1, "hashmap");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, settings);
    StreamTableEnvironment tables = StreamTableEnvironment.create(env);
    settings.toMap().forEach((key, value) -> {
      if (key.startsWith("table.")) tables.getConfig().set(key, value);
    });
    String columns = """
        event_type INT,
        person ROW<id BIGINT, name VARCHAR, emailAddress VARCHAR, creditCard VARCHAR, city VARCHAR, state VARCHAR, `dateTime` TIMESTAMP(3), extra VARCHAR>,
        auction ROW<id BIGINT, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, `dateTime` TIMESTAMP(3), expires TIMESTAMP(3),
          seller BIGINT, category BIGINT, extra VARCHAR>,
        bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, `dateTime` TIMESTAMP(3), extra VARCHAR>,
        `dateTime` AS CASE WHEN event_type = 0 THEN person.`dateTime` WHEN event_type = 1 THEN auction.`dateTime` ELSE bid.`dateTime` END,
        WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND
        """;
    tables.executeSql("CREATE TABLE datagen (" + columns + ") WITH ('connector' = 'weir-nexmark', 'events' = '" + events + "', 'rate' = '" + rate + "')");
    tables.executeSql(view("person", 0, "id", "name", "emailAddress", "creditCard", "city", "state"));
    tables.executeSql(view("auction", 1, "id", "itemName", "description", "initialBid", "reserve", "expires", "seller", "category"));
    tables.executeSql(view("bid", 2, "auction", "bidder", "price", "channel", "url"));
    tables.executeSql("CREATE VIEW v AS SELECT *, PROCTIME() AS p_time FROM bid");
    tables.createTemporarySystemFunction("count_char", CountChar.class);
    Table result = tables.sqlQuery(query.equals("generator") ? "SELECT event_type FROM datagen" : text(query));
    Schema schema = Schema.newBuilder().fromResolvedSchema(result.getResolvedSchema()).build();
    return Settings.netTime(result.insertInto(TableDescriptor.forConnector("blackhole").schema(schema).build()).execute().getJobClient().orElseThrow());
  }

  private static String view(String name, int type, String... columns) {
    StringBuilder select = new StringBuilder();
    for (String column : columns) select.append(name).append('.').append(column).append(" AS ").append(column).append(", ");
    return "CREATE VIEW " + name + " AS SELECT " + select + "`dateTime`, " + name + ".extra AS extra FROM datagen WHERE event_type = " + type;
  }

  private static String text(String query) throws Exception {
    try (InputStream stream = NexmarkMain.class.getResourceAsStream("/queries/" + query + ".sql")) {
      if (stream == null) throw new IllegalArgumentException("there is no query " + query);
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
