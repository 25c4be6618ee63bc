package weir.peers;

import org.apache.flink.table.data.RowData;

/** Prints columns of events, for the check that both generators make the same: {@code GoldenMain <events> <rate>}. */
public final class GoldenMain {
  private GoldenMain() {}

  public static void main(String[] args) {
    NexmarkGenerator generator = new NexmarkGenerator(Long.parseLong(args[1]));
    int[] widths = {8, 10, 7};
    for (long n = 0; n < Long.parseLong(args[0]); n++) {
      RowData row = generator.at(n);
      int type = row.getInt(0);
      RowData event = row.getRow(1 + type, widths[type]);
      StringBuilder line = new StringBuilder().append(type);
      for (int i = 0; i < widths[type]; i++) line.append('\u001f').append(column(((org.apache.flink.table.data.GenericRowData) event).getField(i)));
      System.out.println(line);
    }
  }

  private static String column(Object value) {
    return value instanceof org.apache.flink.table.data.TimestampData time ? Long.toString(time.getMillisecond()) : String.valueOf(value);
  }
}
