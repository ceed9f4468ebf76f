/// What an instruction becomes on its way to the text encoders.
public enum AnalogyCaption {
  /// The instruction split at its commas, each part without white space round it, joined with ", "; as the published training.
  public static func cleaned(_ instruction: String) -> String {
    instruction.split(separator: ",", omittingEmptySubsequences: false)
      .map { part in
        var part = part
        while let first = part.first, first.isWhitespace { part.removeFirst() }
        while let last = part.last, last.isWhitespace { part.removeLast() }
        return String(part)
      }
      .joined(separator: ", ")
  }
}
