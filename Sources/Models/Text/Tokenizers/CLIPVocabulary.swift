/// What CLIP's tokenizer knows, as a folder's files say it.
public struct CLIPVocabulary: Sendable {
  /// Two tokens that become a third where they stand side by side.
  public struct Merge: Sendable {
    public let left: Int
    public let right: Int
    public let result: Int

    public init(left: Int, right: Int, result: Int) {
      (self.left, self.right, self.result) = (left, right, result)
    }
  }

  /// Ids by token: bytes written as GPT-2's characters, `</w>` at the end of a word.
  public var ids: [String: Int]
  /// In the order they were learnt.
  public var merges: [Merge]
  /// Ids of tokens that are found inside a text before it is cut into words; those of the four roles are among them.
  public var special: [String: Int]
  public var beginning: Int
  public var end: Int
  public var padding: Int
  /// Stands for bytes that `ids` lacks.
  public var unknown: Int

  public init(
    ids: [String: Int], merges: [Merge], special: [String: Int], beginning: Int, end: Int, padding: Int, unknown: Int
  ) {
    (self.ids, self.merges, self.special) = (ids, merges, special)
    (self.beginning, self.end, self.padding, self.unknown) = (beginning, end, padding, unknown)
  }
}
