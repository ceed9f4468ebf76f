import Foundation
import LoRWeBPictures
import Testing

/// Files of Proofs/pictures/make_odd_jpegs.py: libjpeg warns about most of them.
@Suite("Odd and damaged JPEGs")
struct OddJPEGTests {
  struct Answer: Decodable {
    let file: String
    /// Nil for a file that has lost pixels.
    let width, height, tolerance: Int?
    let samples: Data?
  }

  private func answers(whole: Bool) throws -> [(name: String, answer: Answer, file: PictureFile)] {
    let answers: [Answer] = try Fixtures.json("jpeg.json")
    return try answers.filter { ($0.samples != nil) == whole }.map {
      ($0.file, $0, try PictureFile(contentsOf: Fixtures.folder.appending(path: "jpeg/\($0.file)")))
    }
  }

  @Test("a JPEG with all its pixels is read as Pillow reads it, whatever its header, samplings and ends are like")
  func whole() throws {
    let answers = try answers(whole: true)
    #expect(answers.count >= 43)
    for (name, answer, file) in answers {
      let picture = try file.picture()
      #expect(picture.width == answer.width && picture.height == answer.height, "\(name)")
      let distance = Fixtures.distance(picture.pixels, [UInt8](answer.samples ?? Data()))
      #expect(distance <= answer.tolerance ?? 0, "\(name): off by \(distance)")
    }
  }

  @Test("a JPEG that has lost pixels is refused by its name, or read with the loss told once")
  func damaged() throws {
    let answers = try answers(whole: false)
    #expect(answers.count >= 22)
    for (name, _, file) in answers {
      let error = #expect(throws: PicturesError.self, "\(name)") { try file.picture() }
      guard let error, case .damaged(name, "JPEG", let reason) = error else {
        Issue.record("\(name) gave \(String(describing: error))")
        continue
      }
      #expect(!reason.isEmpty && reason.utf8.count < 120)
      var told: [PicturesError] = []
      let picture = try file.picture { told.append($0) }
      #expect(told == [error] && picture.size == PictureSize(width: 48, height: 40), "\(name)")
    }
  }

  @Test("where rows come one after the other, the row of the first loss is told")
  func row() throws {
    let file = try PictureFile(contentsOf: Fixtures.folder.appending(path: "jpeg/damaged-baseline-cut-and-ended.jpg"))
    var told = ""
    _ = try file.picture { told = "\($0)" }
    #expect(told.contains("damaged-baseline-cut-and-ended.jpg") && told.contains("at about row 30 of 40"), "\(told)")
  }

  @Test("files that end inside their header are damaged by name, whatever their format", arguments: ["jpg", "png", "webp"])
  func headers(ending: String) throws {
    let name = ["jpg": "chroma420.jpg", "png": "rgb.png", "webp": "lossy.webp"][ending] ?? ""
    let whole = try Data(contentsOf: Fixtures.folder.appending(path: "decoding/\(name)"))
    for count in 12..<40 {
      let error = #expect(throws: PicturesError.self) { try PictureFile(whole.prefix(count), named: "cut.\(ending)").picture() }
      guard let error, case .damaged("cut.\(ending)", _, _) = error else {
        Issue.record("\(count) bytes of \(name) gave \(String(describing: error))")
        continue
      }
    }
  }
}
