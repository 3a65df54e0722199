package dev.tailrace.benchmarks;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * A line chart as SVG to be put into a page, whose style sheet gives it its colours.
 *
 * @param xTicks where the horizontal axis is labelled; it goes from the first to the last of them
 * @param yLabel how a value is written
 * @param lines drawn over each other
 */
record LineChart(
    String title,
    List<Tick> xTicks,
    String xTitle,
    DoubleFunction<String> yLabel,
    List<Line> lines) {
  /** A labelled position. */
  record Tick(double x, String label) {}

  /** One line, its points from left to right. */
  record Line(String name, List<Spot> spots) {}

  /** One of its points. */
  record Spot(double x, double y) {}

  private static final int WIDTH = 640;
  private static final int HEIGHT = 260;
  private static final int LEFT = 76;
  private static final int RIGHT = 16;
  private static final int TOP = 12;
  private static final int BOTTOM = 44;
  private static final int Y_STEPS = 4;
  private static final int LEGEND_STEP = 110;

  String svg() {
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        "<figure><figcaption>%s</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\""
            + " aria-label=\"%s\">",
        title,
        WIDTH,
        HEIGHT,
        title);
    double step = stepBelow(highest());
    double top = step * Y_STEPS;
    for (int i = 0; i <= Y_STEPS; i++) {
      double y = y(i * step, top);
      add(
          svg,
          "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
          LEFT,
          WIDTH - RIGHT,
          y,
          y);
      add(
          svg,
          "<text class=\"y\" x=\"%d\" y=\"%.1f\">%s</text>",
          LEFT - 8,
          y + 4,
          yLabel.apply(i * step));
    }
    for (Tick tick : xTicks) {
      add(
          svg,
          "<text class=\"x\" x=\"%.1f\" y=\"%d\">%s</text>",
          x(tick.x()),
          HEIGHT - BOTTOM + 18,
          tick.label());
    }
    add(
        svg,
        "<text class=\"x\" x=\"%d\" y=\"%d\">%s</text>",
        (LEFT + WIDTH - RIGHT) / 2,
        HEIGHT - 8,
        xTitle);
    for (int i = 0; i < lines.size(); i++) {
      addLine(svg, i, top);
    }
    return svg.append("</svg></figure>\n").toString();
  }

  private void addLine(StringBuilder svg, int number, double top) {
    Line line = lines.get(number);
    add(svg, "<polyline class=\"line s%d\" points=\"", number);
    for (Spot spot : line.spots()) {
      add(svg, "%.1f,%.1f ", x(spot.x()), y(spot.y(), top));
    }
    svg.append("\"/>");
    if (lines.size() > 1) {
      int at = LEFT + 10 + number * LEGEND_STEP;
      add(svg, "<rect class=\"f%d\" x=\"%d\" y=\"2\" width=\"14\" height=\"4\"/>", number, at);
      add(svg, "<text class=\"legend\" x=\"%d\" y=\"9\">%s</text>", at + 20, line.name());
    }
  }

  private double highest() {
    return lines.stream()
        .flatMap(line -> line.spots().stream())
        .mapToDouble(Spot::y)
        .max()
        .orElse(1);
  }

  /** 1, 2, 2.5 or 5 times a power of ten, so that the highest value fits. */
  private static double stepBelow(double highest) {
    double least = Math.max(highest, 1e-3) / Y_STEPS;
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 2.5, 5}) {
      if (factor * power >= least) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private double x(double value) {
    double from = xTicks.getFirst().x();
    double to = xTicks.getLast().x();
    return LEFT + (value - from) / Math.max(to - from, 1e-9) * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double value, double top) {
    return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
  }

  @FormatMethod
  private static void add(StringBuilder svg, String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments));
  }
}
