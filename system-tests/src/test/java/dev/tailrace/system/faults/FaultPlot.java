package dev.tailrace.system.faults;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Deliveries per second around each fault, a small picture for each and a line for each round, as
 * one SVG that needs no style sheet.
 *
 * <p>Threading: one thread.
 */
final class FaultPlot {
  private static final int COLUMNS = 3;
  private static final int WIDTH = 320;
  private static final int HEIGHT = 130;
  private static final int LEFT = 46;
  private static final int RIGHT = 12;
  private static final int TOP = 26;
  private static final int BOTTOM = 22;

  /** What comes at once after a silence is many times what is steady: it is cut off. */
  private static final double MOST_PER_SECOND = 3_000;

  private static final double MOST_SECONDS = 30;
  private static final int TICK_SECONDS = 5;

  private final StringBuilder svg = new StringBuilder();

  private FaultPlot() {}

  static String svg(Map<String, List<FaultRound>> byFault) {
    FaultPlot plot = new FaultPlot();
    plot.draw(byFault);
    return plot.svg.toString();
  }

  private void draw(Map<String, List<FaultRound>> byFault) {
    int rows = (byFault.size() + COLUMNS - 1) / COLUMNS;
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"10\">%n",
        COLUMNS * WIDTH, rows * HEIGHT, COLUMNS * WIDTH);
    add("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n");
    int number = 0;
    for (Map.Entry<String, List<FaultRound>> fault : byFault.entrySet()) {
      add(
          "<g transform=\"translate(%d %d)\">%n",
          number % COLUMNS * WIDTH, number / COLUMNS * HEIGHT);
      panel(fault.getKey(), fault.getValue());
      add("</g>%n");
      number++;
    }
    add("</svg>%n");
  }

  private void panel(String name, List<FaultRound> rounds) {
    add("<text x=\"%d\" y=\"14\" font-weight=\"bold\">%s</text>%n", LEFT, name);
    add(
        "<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"#999\"/>%n",
        LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT);
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f/s</text>%n",
        LEFT - 4, TOP + 8, MOST_PER_SECOND);
    add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>%n", LEFT - 4, HEIGHT - BOTTOM);
    for (int s = 0; s <= MOST_SECONDS; s += TICK_SECONDS) {
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d s</text>%n",
          x(s), HEIGHT - BOTTOM + 13, s);
    }
    add(
        "<path d=\"M%.1f %d V%d\" stroke=\"#c33\" stroke-dasharray=\"3 2\"/>%n",
        x(0), TOP, HEIGHT - BOTTOM);
    for (FaultRound round : rounds) {
      line(FaultReport.rates(round));
    }
  }

  private void line(List<Double> rates) {
    add("<polyline fill=\"none\" stroke=\"#26c\" stroke-opacity=\"0.6\" points=\"");
    for (int i = 0; i < rates.size(); i++) {
      double s = FaultReport.ms(i) / 1_000.0;
      if (s <= MOST_SECONDS) {
        double share = Math.min(1, rates.get(i) / MOST_PER_SECOND);
        add("%.1f,%.1f ", x(s), TOP + (1 - share) * (HEIGHT - TOP - BOTTOM));
      }
    }
    add("\"/>%n");
  }

  private static double x(double seconds) {
    double from = -FaultRound.BEFORE.toMillis() / 1_000.0;
    return LEFT + (seconds - from) / (MOST_SECONDS - from) * (WIDTH - LEFT - RIGHT);
  }

  @FormatMethod
  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments));
  }
}
