// One import is enough for an app: pictures to edit and bases to mix come along.
@_exported import LoRWeBAdapters
@_exported import LoRWeBPictures
