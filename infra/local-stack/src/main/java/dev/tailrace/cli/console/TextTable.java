package dev.tailrace.cli.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Rows under titles in so many columns of a terminal: the first column takes what the others leave,
 * and the least important ones make room where there is not enough.
 *
 * <p>Threading: one thread's.
 */
final class TextTable {
  private static final int LEAST_FIRST = 12;
  private static final int MOST_FIRST = 40;

  /**
   * A column.
   *
   * @param importance what is least goes first
   */
  record Column(String title, int width, int importance) {}

  private final String firstTitle;
  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();

  TextTable(String firstTitle, Column... columns) {
    this.firstTitle = firstTitle;
    this.columns = List.of(columns);
  }

  /** As many cells as there are columns, the first one included. */
  void add(String... cells) {
    rows.add(List.of(cells));
  }

  /** The titles, and the rows; none is wider than that. */
  List<String> lines(int width) {
    List<Integer> kept = kept(width);
    int others = kept.stream().mapToInt(i -> columns.get(i).width() + 1).sum();
    int longest =
        rows.stream().mapToInt(row -> Cells.width(Cells.shown(row.getFirst()))).max().orElse(0);
    int first =
        Math.min(
            width,
            Math.clamp(longest, LEAST_FIRST, Math.clamp(width - others, LEAST_FIRST, MOST_FIRST)));
    List<String> lines = new ArrayList<>();
    lines.add(line(Cells.left(firstTitle, first), kept, i -> columns.get(i).title()));
    for (List<String> row : rows) {
      lines.add(line(Cells.left(row.getFirst(), first), kept, i -> row.get(i + 1)));
    }
    return lines;
  }

  private List<Integer> kept(int width) {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      kept.add(i);
    }
    while (!kept.isEmpty()
        && LEAST_FIRST + kept.stream().mapToInt(i -> columns.get(i).width() + 1).sum() > width) {
      int least =
          kept.stream()
              .min(Comparator.comparingInt(i -> columns.get(i).importance()))
              .orElseThrow();
      kept.removeIf(i -> i == least);
    }
    return kept;
  }

  private String line(String first, List<Integer> kept, IntFunction<String> cell) {
    StringBuilder line = new StringBuilder(first);
    for (int i : kept) {
      line.append(' ').append(Cells.right(cell.apply(i), columns.get(i).width()));
    }
    return line.toString().stripTrailing();
  }
}
