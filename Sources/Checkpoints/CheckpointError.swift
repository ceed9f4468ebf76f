import Foundation
import LoRWeBFiles

/// What is wrong with a weight file, an index or a component folder: where, what was expected, what was found, what to do.
public struct CheckpointError: ExplainedError {
  /// Where the trouble lies, for programs that go on from it.
  public enum Kind: String, Sendable, CaseIterable {
    case fileNotFound
    /// A folder, pipe, socket or device where a file was asked for.
    case notAFile
    /// The system refused to open, map or list it.
    case unreadable
    /// The file ends before the data that it announces.
    case cutShort
    /// The bytes are another format's, or a pickle's, which can run code when it is loaded.
    case foreignFormat
    /// The header or index as a whole breaks the format's rules or JSON's grammar.
    case header
    /// `__metadata__` isn't an object of strings with a key of its own each.
    case metadata
    /// A tensor's name or entry breaks the format's rules.
    case entry
    /// The tensors' places don't cover the data.
    case layout
    case noSuchTensor
    /// An index doesn't say which shard holds what, or says otherwise than the shards.
    case index
    /// A component's folder holds no weights that can be taken.
    case noWeights
    /// The tensors' names or types are another model's, another part's or of a form that isn't read.
    case otherWeights
    /// Tensors or metadata that no file can hold.
    case notStorable
    case noSpace
    /// The system refused to create, write or rename the file.
    case unwritable
  }

  public let kind: Kind
  /// The path of the file or folder.
  public let file: String
  /// The sentence without the file and the stop.
  public let problem: String

  /// One sentence, the path in it uncut.
  public var description: String { "\(escaped(file.unicodeScalars)): \(problem)." }

  /// - Parameter problem: what was expected, what was found and what to do, as a clause without a stop.
  public init(_ kind: Kind, _ file: String, _ problem: String) { (self.kind, self.file, self.problem) = (kind, file, problem) }

  init(_ kind: Kind, _ file: String, expected: String, found: String, advice: String = "write the file again") {
    self.init(kind, file, "expected \(expected), found \(found); \(advice)")
  }
}

extension CheckpointError {
  static func unreadable(_ file: String, _ reason: String = systemReason()) -> CheckpointError {
    CheckpointError(.unreadable, file, "can't be read (\(reason)); check the path and its permissions")
  }

  public static func unwritable(file: String, reason: String) -> CheckpointError {
    CheckpointError(.unwritable, file, "can't be written (\(reason)); check the folder and its permissions")
  }

  static func isDirectory(_ file: String) -> CheckpointError {
    CheckpointError(.notAFile, file, expected: "a weight file", found: "a folder", advice: "name the file inside it")
  }

  static func notARegularFile(_ file: String) -> CheckpointError {
    CheckpointError(
      .notAFile, file, expected: "a regular file", found: "a pipe, socket or device", advice: "give the path of a file")
  }

  static func headerTooLarge(_ file: String, says count: UInt64) -> CheckpointError {
    CheckpointError(
      .header, file,
      "the header may have \(SafetensorsHeader.sizeLimit) bytes, its length says \(count); "
        + "this is no safetensors file or a damaged one")
  }

  static func duplicateName(_ file: String, _ name: String) -> CheckpointError {
    CheckpointError(.entry, file, expected: "each tensor name once", found: "\(quoted(name)) twice")
  }

  static func emptyName(_ file: String) -> CheckpointError {
    CheckpointError(
      .entry, file, expected: "a name for every tensor", found: "an empty one", advice: "write the file again with names")
  }

  static func sizeOverflow(_ file: String, _ name: String, _ shape: [Int]) -> CheckpointError {
    CheckpointError(
      .entry, file, expected: "a size below 2^63 bytes for tensor \(quoted(name))", found: "shape \(brief(shape))")
  }

  static func noSuchTensor(_ file: String, _ name: String) -> CheckpointError {
    CheckpointError(
      .noSuchTensor, file, expected: "a tensor named \(quoted(name))", found: "none",
      advice: "check that the weights belong to this model")
  }

  /// - Parameter free: bytes the disk has; nil if it filled up while the file was written.
  static func noSpace(_ file: String, needed: Int, free: Int?) -> CheckpointError {
    let disk = free.map { ", the disk has \($0) free" } ?? " and the disk filled up"
    return CheckpointError(.noSpace, file, "writing it needs \(needed) bytes\(disk); free some space or choose another disk")
  }
}

/// A name from a file as it can stand in a sentence: quoted, escaped, cut after 80 characters.
package func quoted(_ name: String) -> String {
  let scalars = name.unicodeScalars
  let head = scalars.prefix(80)
  return "\"" + escaped(head) + (head.endIndex == scalars.endIndex ? "\"" : "…\"")
}

/// Line breaks and other invisible characters by their numbers.
package func escaped(_ scalars: some Sequence<Unicode.Scalar>) -> String {
  scalars.reduce(into: "") { text, scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
      text += "\\u{\(String(scalar.value, radix: 16))}"
    default: text.unicodeScalars.append(scalar)
    }
  }
}

func brief(_ shape: [Int]) -> String {
  shape.count > 8 ? "[\(shape.prefix(8).map(String.init).joined(separator: ", ")), …]" : "\(shape)"
}
