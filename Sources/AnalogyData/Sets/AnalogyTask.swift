import Foundation
import LoRWeBPictures

/// A picture before and after one change: what shows an analogy, or what it is done to.
public struct AnalogyPair: Hashable, Sendable {
  /// Task and file, `oil-painting/01`; unique in a set and the same wherever the set lies.
  public let id: String
  public let before, after: PictureSource
  /// What was done, in words; empty if the set doesn't say.
  public let instruction: String
  /// What the opposite change would be called; empty if the set doesn't say.
  public let reverseInstruction: String

  public init(
    id: String, before: PictureSource, after: PictureSource, instruction: String = "", reverseInstruction: String = ""
  ) {
    (self.id, self.before, self.after) = (id, before, after)
    (self.instruction, self.reverseInstruction) = (instruction, reverseInstruction)
  }
}

/// Pairs that all show the same change: any two of them make an analogy.
public struct AnalogyTask: Hashable, Sendable {
  public let name: String
  /// In the order of their ids.
  public var pairs: [AnalogyPair]

  public init(name: String, pairs: [AnalogyPair]) { (self.name, self.pairs) = (name, pairs) }
}

/// a is to a′ as b is to b′.
public struct AnalogyQuadruple: Hashable, Sendable {
  /// Unique in a set; ends in `_rev` where the change is shown backwards.
  public let id: String
  public let task: String
  /// Ids of the pairs (a, a′) and (b, b′).
  public let pairs: [String]
  public let a, aPrime, b, bPrime: PictureSource
  /// The instruction of the pair (a, a′), as the published training captions it.
  public let instruction: String

  public init(
    id: String, task: String, pairs: [String], a: PictureSource, aPrime: PictureSource, b: PictureSource, bPrime: PictureSource,
    instruction: String
  ) {
    (self.id, self.task, self.pairs, self.instruction) = (id, task, pairs, instruction)
    (self.a, self.aPrime, self.b, self.bPrime) = (a, aPrime, b, bPrime)
  }

  /// The quadruple of two pairs of a task; reversed, before and after are swapped in both.
  public init(task: String, example: AnalogyPair, query: AnalogyPair, reversed: Bool = false) {
    self.init(
      id: "\(example.id)+\(query.id)" + (reversed ? "_rev" : ""), task: task, pairs: [example.id, query.id],
      a: reversed ? example.after : example.before, aPrime: reversed ? example.before : example.after,
      b: reversed ? query.after : query.before, bPrime: reversed ? query.before : query.after,
      instruction: reversed ? example.reverseInstruction : example.instruction)
  }

  /// The four pictures' places, in the order a, a′, b, b′.
  public var sources: [PictureSource] { [a, aPrime, b, bPrime] }

  /// Reads the four pictures in the order a, a′, b, b′; a file that holds several is read once.
  /// - Throws: `PicturesError`.
  public func pictures() throws -> [Picture] {
    let latest = Latest<URL, Picture>()
    return try sources.map { try $0.picture(latest) }
  }
}
