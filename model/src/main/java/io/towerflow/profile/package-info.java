/**
 * What belongs to one id and lives under that id's key: its index and what is known of it. The
 * decisions are here; whoever keeps the state only reads, asks and writes.
 */
package io.towerflow.profile;
