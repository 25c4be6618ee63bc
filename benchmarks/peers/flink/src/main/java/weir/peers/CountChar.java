package weir.peers;

import org.apache.flink.table.functions.ScalarFunction;

/** Number of characters of a text that are the first one of another. */
public final class CountChar extends ScalarFunction {
  public long eval(String text, String wanted) {
    if (text == null) return 0;
    char letter = wanted.charAt(0);
    long count = 0;
    for (int i = 0; i < text.length(); i++) if (text.charAt(i) == letter) count++;
    return count;
  }
}
