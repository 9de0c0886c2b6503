package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UserTextTest {

  @Test
  void listsStandSideBySide() {
    UserList user =
        new UserList(
            "u1",
            1234,
            56,
            "2026-01-01T00:00:00Z",
            List.of(
                new UserList.Favourite("i1", "The Silent Harbour", 4.5),
                new UserList.Favourite("i2", "A title of more than thirty-eight characters", null)),
            List.of(new UserList.Item("i3", "Misérables", 1.25, 1)));

    assertThat(UserText.lines(user))
        .containsExactly(
            "",
            "User u1 (1,234 events, list of version 56)",
            "  liked best                              recommended",
            "  4.5 The Silent Harbour                   1 Misérables",
            "  A title of more than thirty-eight cha…");
  }
}
