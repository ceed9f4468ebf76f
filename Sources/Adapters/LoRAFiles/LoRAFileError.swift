import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles

/// What is wrong with a file of an ordinary LoRA, or with one that is to be written.
public struct LoRAFileError: ExplainedError {
  public enum Kind: String, Sendable, CaseIterable {
    /// An adapter of another kind: XLabs' layout, LoKr, LoHa, DoRA, a basis.
    case unsupported
    /// No key of the file belongs to a linear of the model.
    case nothingMatches
    /// A matrix without the other of its pair, or two for one place.
    case unpaired
    /// A tensor of another shape or type, or with values that are no numbers.
    case badTensor
    case badMetadata
    /// The file changes more than linears' weights, and what would be left out matters.
    case leavesOut
    /// A rank or a linear that can't be written.
    case notWritable
  }

  public let kind: Kind
  /// The file's path.
  public let file: String
  /// The sentence without the file and the stop.
  public let problem: String

  public var description: String { "\(escaped(file.unicodeScalars)): \(problem)." }

  init(_ kind: Kind, _ file: String, _ problem: String) { (self.kind, self.file, self.problem) = (kind, file, problem) }
}
