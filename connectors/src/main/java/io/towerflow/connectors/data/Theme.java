package io.towerflow.connectors.data;

import java.util.Arrays;
import java.util.List;

/**
 * What synthetic items are about, and the words that their titles are made of. The adjective of a
 * title tells the theme, its noun the circle: a narrower taste within the theme.
 *
 * @param name what the theme is about, in one word
 * @param adjectives words that the whole theme shares
 * @param circles the nouns of each circle; no noun belongs to two
 */
record Theme(String name, List<String> adjectives, List<List<String>> circles) {

  /** The themes, the most popular first. */
  static final List<Theme> ALL =
      List.of(
          theme(
              "sea",
              "Salty Tidal Coral Drifting Stormy Sunken",
              "Harbour Lighthouse",
              "Anchor Pier",
              "Whale Dolphin",
              "Seal Turtle",
              "Island Lagoon",
              "Reef Strait"),
          theme(
              "space",
              "Orbital Lunar Stellar Distant Weightless Cosmic",
              "Comet Nebula",
              "Planet Galaxy",
              "Rocket Satellite",
              "Lander Probe",
              "Astronaut Pilot",
              "Voyager Signal"),
          theme(
              "kitchen",
              "Spicy Buttery Crispy Smoky Tangy Roasted",
              "Noodle Dumpling",
              "Curry Soup",
              "Bread Pastry",
              "Biscuit Pie",
              "Pepper Garlic",
              "Lemon Mushroom"),
          theme(
              "mystery",
              "Hidden Cryptic Masked Secret Vanished Silent",
              "Detective Witness",
              "Stranger Thief",
              "Letter Cipher",
              "Diary Key",
              "Mansion Cellar",
              "Corridor Attic"),
          theme(
              "mountain",
              "Alpine Rocky Frozen Steep Misty Windswept",
              "Summit Ridge",
              "Glacier Canyon",
              "Climber Shepherd",
              "Hermit Guide",
              "Goat Eagle",
              "Marmot Wolf"),
          theme(
              "music",
              "Acoustic Electric Melodic Jazzy Muted Rhythmic",
              "Violin Trumpet",
              "Piano Drum",
              "Ballad Waltz",
              "Anthem Serenade",
              "Singer Conductor",
              "Choir Orchestra"),
          theme(
              "history",
              "Ancient Medieval Royal Imperial Forgotten Carved",
              "Castle Temple",
              "Fortress Palace",
              "Knight Emperor",
              "Queen Scribe",
              "Sword Crown",
              "Scroll Coin"),
          theme(
              "garden",
              "Blooming Leafy Mossy Fragrant Shady Wild",
              "Rose Tulip",
              "Orchid Lily",
              "Orchard Meadow",
              "Hedge Greenhouse",
              "Bee Robin",
              "Hedgehog Butterfly"),
          theme(
              "machines",
              "Mechanical Robotic Rusty Digital Humming Automatic",
              "Engine Turbine",
              "Gear Piston",
              "Robot Circuit",
              "Sensor Android",
              "Locomotive Tractor",
              "Airship Crane"),
          theme(
              "sport",
              "Swift Olympic Agile Tireless Winning Daring",
              "Sprint Marathon",
              "Relay Hurdle",
              "Goalkeeper Striker",
              "Captain Referee",
              "Racket Paddle",
              "Saddle Javelin"),
          theme(
              "winter",
              "Snowy Frosty Icy Glittering Northern Bitter",
              "Sled Skate",
              "Mitten Lantern",
              "Fox Reindeer",
              "Owl Hare",
              "Cabin Village",
              "Fireplace Igloo"),
          theme(
              "desert",
              "Dusty Golden Scorched Nomadic Sandy Parched",
              "Caravan Camel",
              "Oasis Tent",
              "Dune Mesa",
              "Mirage Plateau",
              "Cactus Scorpion",
              "Lizard Falcon"));

  private static Theme theme(String name, String adjectives, String... circles) {
    return new Theme(name, words(adjectives), Arrays.stream(circles).map(Theme::words).toList());
  }

  private static List<String> words(String text) {
    return List.of(text.split(" "));
  }
}
