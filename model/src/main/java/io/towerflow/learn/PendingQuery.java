package io.towerflow.learn;

import io.towerflow.profile.UserProfile;

/**
 * A user whose list is due: something happened since it was last published.
 *
 * @param user the user's id
 * @param profile the user's profile after the latest event
 * @param time the time of that event, milliseconds since the epoch
 */
public record PendingQuery(String user, UserProfile profile, long time) {}
