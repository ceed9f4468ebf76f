extension UTF8 {
  /// Bytes of the character that begins with this one: as many as it has leading ones, or 1.
  static func length(from first: UInt8) -> Int { min(max((~first).leadingZeroBitCount, 1), 4) }
}
