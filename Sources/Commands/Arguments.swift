import ArgumentParser
import Foundation
import LoRWeB

/// The words of the command line, before they are taken apart.
struct Arguments {
  /// An option followed by a negative number, which the parser would take for an option of its own.
  private typealias Negative = (option: String, number: String)

  /// What to parse: an option and its negative number stand in one word.
  let words: [String]
  private let negatives: [Negative]

  /// The words this process was started with.
  /// - Throws: `ValidationError` for one that is no UTF-8: Swift puts other characters in place of what it can't read, so that a
  ///   file of another name would be looked for, or written.
  static func given() throws -> Arguments {
    let pointers = UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
    let words = try pointers.dropFirst().compactMap(\.self).map { pointer in
      guard let word = String(validatingCString: pointer) else { throw notUTF8(pointer, "The argument") }
      return word
    }
    if let folder = getcwd(nil, 0) {
      defer { free(folder) }
      if String(validatingCString: folder) == nil { throw notUTF8(folder, "The name of the folder this is run in,") }
    }
    return Arguments(words)
  }

  init(_ given: [String]) {
    var words: [String] = []
    var negatives: [Negative] = []
    var isOver = false
    for word in given {
      if !isOver, let option = words.last, option.hasPrefix("--"), !option.contains("="), word.hasPrefix("-"),
        Double(word) != nil
      {
        negatives.append((option, word))
        words[words.count - 1] = "\(option)=\(word)"
      } else {
        words.append(word)
      }
      isOver = isOver || word == "--"
    }
    (self.words, self.negatives) = (words, negatives)
  }

  /// What was wrong, in better words where a whole number was refused because it is negative: what counts or names something has
  /// no such values.
  func explained(_ error: any Error, message: String) -> any Error {
    let refused = negatives.first {
      Int($0.number) != nil && message.hasPrefix("The value '\($0.number)' is invalid for '\($0.option)")
    }
    return refused.map { ValidationError("\($0.option) must be 0 or more, found \($0.number).") } ?? error
  }

  private static func notUTF8(_ bytes: UnsafePointer<CChar>, _ what: String) -> ValidationError {
    let shown = UnsafeBufferPointer(start: bytes, count: strlen(bytes)).map { byte in
      let value = UInt8(bitPattern: byte)
      return (32...126).contains(value) ? String(Unicode.Scalar(value)) : String(format: "\\x%02X", Int(value))
    }
    return ValidationError(
      "\(what) '\(shown.joined())' is not UTF-8, so that no file of this name can be opened or written; "
        + "rename it to a name in UTF-8, for example with convmv.")
  }
}

/// A file or folder as it is written, from where this process was started.
extension URL: @retroactive ExpressibleByArgument {
  public init(argument: String) { self.init(filePath: argument) }
}

/// Refuses an option's value outside a range; one that isn't given is right.
func require<Value: Comparable>(_ option: String, _ value: Value?, in range: ClosedRange<Value>) throws {
  guard let value, !range.contains(value) else { return }
  func text(_ bound: Value) -> String { "\(bound)".replacing(/\.0$/, with: "") }
  throw ValidationError("\(option) must be from \(text(range.lowerBound)) to \(text(range.upperBound)), found \(value).")
}

/// Refuses an option's number below 1.
func requirePositive(_ option: String, _ value: Int?) throws {
  if let value, value < 1 { throw ValidationError("\(option) must be 1 or more, found \(value).") }
}
