package io.towerflow.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A user's lists in two columns of text. */
final class UserText {

  private static final int WIDTH = 38;

  private UserText() {}

  static List<String> lines(UserList user) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "User %s (%,d events, list of version %,d)",
            user.user(),
            user.events(),
            user.modelVersion()));
    lines.add(line("liked best", "recommended"));
    int rows = Math.max(user.favourites().size(), user.recommended().size());
    for (int i = 0; i < rows; i++) {
      lines.add(
          line(
              i < user.favourites().size() ? favourite(user.favourites().get(i)) : "",
              i < user.recommended().size() ? recommended(user.recommended().get(i)) : ""));
    }
    return lines;
  }

  private static String favourite(UserList.Favourite item) {
    return item.value() == null
        ? item.label()
        : String.format(Locale.ROOT, "%.1f %s", item.value(), item.label());
  }

  private static String recommended(UserList.Item item) {
    return String.format(Locale.ROOT, "%2d %s", item.rank(), item.label());
  }

  private static String line(String left, String right) {
    String fitted = fit(left);
    return ("  " + fitted + " ".repeat(WIDTH - length(fitted)) + "  " + fit(right)).stripTrailing();
  }

  private static String fit(String text) {
    return length(text) <= WIDTH
        ? text
        : text.substring(0, text.offsetByCodePoints(0, WIDTH - 1)) + "…";
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
