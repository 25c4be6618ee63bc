package weir.peers;

import java.util.Arrays;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/**
 * Event k of the Nexmark stream with the defaults of the suite, seed 0: the same values as the TypeScript generator makes. Rows of
 * (event_type, person, auction, bid), one of the last three set.
 */
public final class NexmarkGenerator implements IndexedSource.Generator<RowData> {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;
  private static final int POOL_LENGTH = 1_048_576;
  private static final int PEOPLE = 1;
  private static final int AUCTIONS = 3;
  private static final int TOTAL = 50;
  private static final long FIRST_ID = 1000;
  private static final long BASE_TIME = 1_700_000_000_000L;
  private static final String[] FIRST_NAMES = {"Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"};
  private static final String[] LAST_NAMES = {"Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"};
  private static final String[] CITIES = {"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"};
  private static final String[] STATES = {"AZ", "CA", "ID", "OR", "WA", "WY"};
  private static final String[] HOT_CHANNELS = {"Google", "Facebook", "Baidu", "Apple"};
  private static final Tables TABLES = new Tables();

  private final double delayMicros;
  private final Draws random = new Draws();

  public NexmarkGenerator(long eventsPerSecond) {
    this.delayMicros = 1_000_000.0 / eventsPerSecond;
  }

  @Override
  public RowData at(long n) {
    random.state = n;
    long epoch = n / TOTAL;
    int offset = (int) (n % TOTAL);
    GenericRowData row = new GenericRowData(4);
    if (offset < PEOPLE) {
      row.setField(0, 0);
      row.setField(1, person(n, epoch, offset));
    } else if (offset < PEOPLE + AUCTIONS) {
      row.setField(0, 1);
      row.setField(2, auction(n, epoch, offset));
    } else {
      row.setField(0, 2);
      row.setField(3, bid(n, epoch));
    }
    return row;
  }

  private long timestamp(long n) {
    return BASE_TIME + (long) Math.floor(Math.floor(n * delayMicros) / 1000);
  }

  private RowData person(long n, long epoch, int offset) {
    String name = FIRST_NAMES[random.below(11)] + " " + LAST_NAMES[random.below(9)];
    String email = random.text(7, ' ') + "@" + random.text(5, ' ') + ".com";
    String card = fourDigits() + " " + fourDigits() + " " + fourDigits() + " " + fourDigits();
    String city = CITIES[random.below(10)];
    String state = STATES[random.below(6)];
    int used = 8 + name.length() + email.length() + card.length() + city.length() + state.length();
    return GenericRowData.of(
        FIRST_ID + epoch * PEOPLE + offset, text(name), text(email), text(card), text(city), text(state), TimestampData.fromEpochMillis(timestamp(n)), text(extra(used, 200)));
  }

  private RowData auction(long n, long epoch, int offset) {
    long id = FIRST_ID + epoch * AUCTIONS + (offset - PEOPLE);
    long lastPerson = epoch * PEOPLE + PEOPLE - 1;
    long seller = FIRST_ID + (random.below(4) > 0 ? lastPerson / 100 * 100 : somePerson(lastPerson));
    long category = 10 + random.below(5);
    long initialBid = random.price();
    long time = timestamp(n);
    long horizon = timestamp(n + 100L * TOTAL / AUCTIONS) - time;
    long expires = time + 1 + random.below((int) Math.max(2 * horizon, 1));
    String itemName = random.text(20, ' ');
    String description = random.text(100, ' ');
    long reserve = initialBid + random.price();
    String extra = extra(8 + itemName.length() + description.length() + 40, 500);
    return GenericRowData.of(
        id, text(itemName), text(description), initialBid, reserve, TimestampData.fromEpochMillis(time), TimestampData.fromEpochMillis(expires), seller, category, text(extra));
  }

  private RowData bid(long n, long epoch) {
    long lastAuction = epoch * AUCTIONS + AUCTIONS - 1;
    long lastPerson = epoch * PEOPLE + PEOPLE - 1;
    long auction = FIRST_ID + (random.below(2) > 0 ? lastAuction / 100 * 100 : someAuction(lastAuction));
    long bidder = FIRST_ID + (random.below(4) > 0 ? lastPerson / 100 * 100 + 1 : somePerson(lastPerson));
    long price = random.price();
    boolean hot = random.below(2) > 0;
    int at = random.below(hot ? 4 : 10_000);
    String channel = hot ? HOT_CHANNELS[at] : TABLES.channels[at];
    String url = hot ? TABLES.hotUrls[at] : TABLES.urls[at];
    return GenericRowData.of(auction, bidder, price, text(channel), text(url), TimestampData.fromEpochMillis(timestamp(n)), text(extra(32, 100)));
  }

  private static StringData text(String value) {
    return StringData.fromString(value);
  }

  private long somePerson(long last) {
    long count = last + 1;
    int active = (int) Math.min(count, 1000);
    return count - active + random.below(active + 10);
  }

  private long someAuction(long last) {
    long first = Math.max(last - 100, 0);
    return first + random.below((int) (last - first + 1 + 10));
  }

  private String fourDigits() {
    String digits = Integer.toString(random.below(10_000));
    return "0000".substring(digits.length()) + digits;
  }

  private String extra(int used, int average) {
    if (used > average) return "";
    int wanted = average - used;
    int spread = (int) Math.floor(wanted * 0.2 + 0.5);
    int length = wanted - spread + (spread == 0 ? 0 : random.below(2 * spread));
    int at = random.below(POOL_LENGTH - length);
    return TABLES.pool.substring(at, at + length);
  }

  /** SplitMix64. */
  private static final class Draws {
    long state;

    int nextInt() {
      state += GAMMA;
      long z = state;
      z = (z ^ (z >>> 33)) * 0x62a9d9ed799705f5L;
      return (int) (((z ^ (z >>> 28)) * 0xcb24d0a5c88c35b3L) >>> 32);
    }

    int below(int bound) {
      int draw = nextInt();
      if ((bound & (bound - 1)) == 0) return draw & (bound - 1);
      int bits = draw >>> 1;
      int value = bits % bound;
      while (bits + (bound - 1) - value < 0) {
        bits = nextInt() >>> 1;
        value = bits % bound;
      }
      return value;
    }

    double unit() {
      state += GAMMA;
      long z = state;
      z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
    }

    long price() {
      return (long) Math.floor(Math.pow(10, unit() * 6) * 100 + 0.5);
    }

    String text(int max, char special) {
      char[] letters = new char[3 + below(max - 3)];
      for (int i = 0; i < letters.length; i++) letters[i] = below(13) == 0 ? special : (char) ('a' + below(26));
      return new String(letters).trim();
    }
  }

  /** Drawn once: the pool of `extra` texts and the channels with their URLs. */
  private static final class Tables {
    final String pool;
    final String[] hotUrls = new String[4];
    final String[] channels = new String[10_000];
    final String[] urls = new String[10_000];

    Tables() {
      Draws random = new Draws();
      random.state = -2; // the complement of 0, less 1
      char[] letters = new char[POOL_LENGTH];
      for (int at = 0; at < POOL_LENGTH; ) {
        int x = random.nextInt() & 0x7fffffff;
        for (int i = 0; i < 6 && at < POOL_LENGTH; i++) {
          letters[at++] = (char) ('a' + x % 26);
          x /= 26;
        }
      }
      pool = new String(letters);
      random.state = -1;
      Arrays.setAll(hotUrls, i -> url(random));
      for (int i = 0; i < channels.length; i++) {
        channels[i] = "channel-" + i;
        String plain = url(random);
        urls[i] = random.below(10) > 0 ? plain + "&channel_id=" + Math.abs((long) Integer.reverse(i)) : plain;
      }
    }

    private static String url(Draws random) {
      return "https://www.nexmark.com/" + random.text(5, '_') + "/" + random.text(5, '_') + "/" + random.text(5, '_') + "/item.htm?query=1";
    }
  }
}
