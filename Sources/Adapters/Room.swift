// First file of the room; replaced by the room's own.
