import ArgumentParser
import Foundation
import LoRWeBAnalogyData
import LoRWeBCheckpoints

struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Says how a folder holds its analogies and what is wrong with it, file by file.",
    discussion: "Ends with 1 if anything is wrong or a picture is not used. The layouts are described in docs/data.md.")

  @Argument(help: "The folder with the tasks.") var folder: URL
  @Option(help: "relation252k, prepared or pairs; found out if left out.") var layout: AnalogySet.Layout?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let report = SetReport(try AnalogySet.checking(folder, layout: layout))
    print(json ? try report.readableText() : report.text)
    if !report.isGood { throw ExitCode.failure }
  }
}

extension AnalogySet.Layout: ExpressibleByArgument {}
