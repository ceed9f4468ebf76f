import LoRWeBPictures

/// One edit to do by words alone: no example, no basis, what the base itself knows.
public struct PromptEdit: Sendable {
  public var b: Picture
  /// What to do, such as "make it night".
  public var prompt: String
  /// The noise to start from: the one diffusers starts from on the CPU.
  public var seed: UInt64 = 0
  /// Sampling steps; nil is the model's own number.
  public var steps: Int?
  /// Guidance; nil is the model's own.
  public var guidance: Double?
  public var details = AnalogyEdit.Details.carry

  public init(b: Picture, prompt: String) {
    self.b = b
    self.prompt = prompt
  }
}

/// A picture edited by words.
public struct PromptResult: Sendable {
  /// b′ at b's size, with b's transparency.
  public let picture: Picture
  /// b′ as the model painted it, small.
  public let painted: Picture
}
