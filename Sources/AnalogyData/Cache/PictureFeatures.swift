import Foundation
import LoRWeBCheckpoints
import LoRWeBPictures
import LoRWeBTorch

/// What an encoder gives for each picture of a set by itself, in a cache; pictures that several analogies show are encoded once.
public struct PictureFeatures {
  private let cache: FeatureCache
  private let jobs: [(source: PictureSource, key: FeatureKey)]

  /// - Parameter settings: whatever else changes what is kept, such as the size pictures are brought to.
  /// - Throws: `CheckpointError` for a picture's file that can't be read.
  public init(of set: AnalogySet, kind: String, encoder: EncoderIdentity, settings: [String], in cache: FeatureCache) throws {
    self.cache = cache
    let digests = FileDigests()
    jobs = try set.sources.map { source in
      (source, FeatureKey(kind: kind, encoder: encoder, content: settings + [try digests.content(of: source)]))
    }
  }

  public var missing: Int { jobs.count { !cache.contains($0.key) } }

  /// Encodes what isn't there yet, some pictures together; which ones doesn't depend on what is there, so that a filling that was
  /// interrupted gives the same numbers.
  /// - Parameters:
  ///   - progress: told how many of how many pictures are done; what it throws ends the filling, and what was encoded is kept.
  ///   - encoder: makes the function from pictures to a tensor each; called only if something is missing.
  /// - Throws: `PicturesError`, what encoding throws, `CancellationError`.
  public func fill(
    _ together: Int, progress: (_ done: Int, _ of: Int) throws -> Void,
    encoder: @escaping () throws -> ([Picture]) throws -> [Tensor]
  ) throws {
    let (encode, file, encoded) = (Lazily(encoder), Latest<URL, Picture>(), Latest<Int, [Tensor]>())
    try cache.fill(
      jobs.enumerated().map { index, job in
        FeatureCache.Job(key: job.key, name: job.source.url.path(percentEncoded: false)) {
          let (group, place) = index.quotientAndRemainder(dividingBy: together)
          let some = jobs[group * together..<min((group + 1) * together, jobs.count)]
          return [Self.name: try encoded.of(group) { try encode()(some.map { try $0.source.picture(file) }) }[place]]
        }
      }, progress: progress)
  }

  /// What was kept of each picture, views of the cache's files.
  /// - Throws: `AnalogySetError.notCached`; `CheckpointError`, `TorchError`.
  public func tensors() throws -> [PictureSource: Tensor] {
    try jobs.reduce(into: [:]) { found, job in
      let what = "features of \(job.source.url.path(percentEncoded: false))"
      guard let tensor = try cache.tensors(job.key, what: what)[Self.name] else { throw AnalogySetError.notCached(what: what) }
      found[job.source] = tensor
    }
  }

  private static let name = "picture"
}

/// Digests of files, each computed once.
final class FileDigests {
  private var known: [URL: ContentDigest] = [:]

  /// A picture's content as far as a key needs it: the file's, and which part of it is meant. The picture itself isn't decoded.
  func content(of source: PictureSource) throws -> String {
    let digest = try known[source.url] ?? ContentDigest(ofFile: source.url)
    known[source.url] = digest
    return "\(digest.hex) \(source.slice.index)/\(source.slice.count)"
  }
}
