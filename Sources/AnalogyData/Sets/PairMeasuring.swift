import Foundation
import LoRWeBPictures

/// A picture that hasn't been opened; `path`, below the set's folder, is where a problem is reported.
struct PictureDraft: Sendable {
  let path: String
  let url: URL
  let slice: PictureSource.Slice
}

/// A pair whose pictures haven't been opened.
struct PairDraft: Sendable {
  let task, name: String
  let pictures: [PictureDraft]
  let instruction: String
  var reverse = ""
}

extension SetFolder {
  func picture(_ path: String, _ slice: PictureSource.Slice = .whole) -> PictureDraft {
    PictureDraft(path: path, url: url(path), slice: slice)
  }

  /// Where each draft's pictures are; nil for one with which something is wrong, which is reported.
  mutating func measured(_ drafts: [[PictureDraft]], arePairs: Bool) throws -> [[PictureSource]?] {
    try PairMeasuring.measure(drafts, arePairs: arePairs).map { found in
      for finding in found.findings { report(finding.file, finding.problem) }
      return found.findings.isEmpty ? found.sources : nil
    }
  }

  /// Tasks of these names with their usable pairs; what isn't usable is reported.
  mutating func tasks(_ names: [String], of drafts: [PairDraft]) throws -> [AnalogyTask] {
    var pairs: [String: [AnalogyPair]] = [:]
    for (draft, sources) in zip(drafts, try measured(drafts.map(\.pictures), arePairs: true)) {
      guard let sources, sources.count == 2 else { continue }
      let pair = AnalogyPair(
        id: Self.join(draft.task, draft.name), before: sources[0], after: sources[1], instruction: draft.instruction,
        reverseInstruction: draft.reverse)
      pairs[draft.task, default: []].append(pair)
    }
    return names.map { AnalogyTask(name: $0, pairs: pairs[$0] ?? []) }
  }
}

/// Opens every picture of a set once, on all cores: sizes for the buckets, and whatever is wrong with a file.
enum PairMeasuring {
  /// Sides shorter than this carry no analogy: a token of the published model covers as much.
  static let smallestSide = AspectBuckets.token
  /// A pair's two pictures may differ in aspect by this factor: rounding does, another framing doesn't.
  static let largestAspectRatio = 1.05

  /// What opening the pictures of one draft gave: their places, or the problems.
  struct Measured: Sendable {
    var sources: [PictureSource] = []
    var findings: [SetFinding] = []
  }

  /// Each draft's pictures, in order.
  /// - Parameter arePairs: whether a draft is a before and an after, of which more can be said than of others.
  static func measure(_ drafts: [[PictureDraft]], arePairs: Bool) throws -> [Measured] {
    try [Measured](concurrently: drafts.count) { measure(drafts[$0], isPair: arePairs) }
  }

  private static func measure(_ draft: [PictureDraft], isPair: Bool) -> Measured {
    var result = Measured()
    let file = Latest<URL, Picture>()
    var pictures: [Picture] = []
    for part in draft {
      do {
        let picture = try part.slice.cut(from: file.of(part.url) { try Picture(contentsOf: part.url) })
        if let problem = problem(of: picture.size) { throw SetFinding(part.path, problem) }
        result.sources.append(PictureSource(url: part.url, slice: part.slice, size: picture.size))
        pictures.append(picture)
      } catch {
        let finding = finding(for: error, at: part)
        if !result.findings.contains(finding) { result.findings.append(finding) }
      }
    }
    if isPair, result.findings.isEmpty, pictures.count == 2, let problem = problem(pictures[0], pictures[1]) {
      result.findings.append(SetFinding(draft[1].path, problem))
    }
    return result
  }

  private static func finding(for error: any Error, at part: PictureDraft) -> SetFinding {
    switch error {
    case let finding as SetFinding: finding
    case PicturesError.cropOutside(_, let size):
      SetFinding(part.path, "the picture is \(size), too narrow to be cut in \(part.slice.count)")
    case let error as PicturesError: SetFinding(part.path, clause(error, file: part.url))
    default: SetFinding(part.path, "the picture can't be opened (\(error))")
    }
  }

  /// The error's sentence without the path it begins with and its full stop.
  /// Not every sentence begins so: a header may claim a size that is refused before the file is named.
  private static func clause(_ error: PicturesError, file: URL) -> String {
    let sentence = error.description.hasSuffix(".") ? String(error.description.dropLast()) : error.description
    let names = [file.path(percentEncoded: false), file.lastPathComponent]
    guard let name = names.first(where: sentence.hasPrefix) else { return "the file can't be read (\(sentence))" }
    return "the file" + sentence.dropFirst(name.count)
  }

  private static func problem(of size: PictureSize) -> String? {
    if min(size.width, size.height) < smallestSide {
      return "the picture is \(size), but sides of at least \(smallestSide) pixels are needed"
    }
    if max(size.aspect, 1 / size.aspect) > CanvasPlan.absurdAspect {
      return "the picture is \(size), longer than \(Int(CanvasPlan.absurdAspect)) times its other side; crop it"
    }
    return nil
  }

  /// Whether two pictures can show the same thing before and after a change.
  static func areFramedAlike(_ one: PictureSize, _ other: PictureSize) -> Bool {
    let ratio = one.aspect / other.aspect
    return max(ratio, 1 / ratio) <= largestAspectRatio
  }

  private static func problem(_ before: Picture, _ after: Picture) -> String? {
    if before == after { return "before and after are the same picture, so they show no change" }
    if !areFramedAlike(before.size, after.size) {
      return "before is \(before.size) and after \(after.size), two different framings; crop both alike"
    }
    return nil
  }
}
