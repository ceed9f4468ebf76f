/// Who watches files and folders being written: nobody but a test that ends the program at one of these moments.
///
/// Between two of them nothing that lasts changes, so a program that was killed at each was killed wherever it can be.
package enum WritingWatch {
  /// What has just been done.
  package enum Moment: String, Sendable {
    /// The hidden file or folder is there, empty.
    case created
    /// Some more bytes are written, not all of them as a rule.
    case appended
    /// The bytes are on the disk, still under the hidden name.
    case synced
    /// What was written has taken its place.
    case renamed
    /// An old folder has a hidden name and still its files.
    case hidden
    /// The old folder is gone.
    case removed
  }

  /// Told what was done, with the path that is meant in the end.
  @TaskLocal package static var observer: (@Sendable (Moment, _ path: String) -> Void)?

  package static func tell(_ moment: Moment, _ path: String) { observer?(moment, path) }
}
