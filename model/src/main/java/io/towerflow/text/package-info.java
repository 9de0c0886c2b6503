/** Text as the towers read it: cut into tokens. */
package io.towerflow.text;
