// How the operations of a request went, read from the answer while it passes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/event_reader.h"
#include "mcp/message_stream.h"
#include "mcp/observation.h"

namespace mcp {

// The answer to one request.
struct Answer {
    std::string id;  // observed_id(); "null" or empty: it cannot be told which request it is for
    Outcome outcome;
};

enum class AnswerForm : std::uint8_t {
    json,
    events,
};

// Pieces of any size. Takes at most Message::max_batch answers of one document; more are not told. Throws
// std::bad_alloc, and what `told` throws.
class AnswerReader {
public:
    // Is told each answer when it is there to its end: the document (end()), or the event that holds it.
    using Told = std::function<void(const Answer&)>;

    AnswerReader(AnswerForm form, Told told);
    AnswerReader(const AnswerReader&) = delete;
    AnswerReader& operator=(const AnswerReader&) = delete;
    ~AnswerReader() = default;

    void add(std::string_view piece);
    // The answer has ended, and was not cut.
    void end();

private:
    void take(const FoundMessage& message);
    void end_document(bool counts);

    AnswerForm form_;
    Told told_;
    std::vector<Answer> answers_;  // of the document that is read
    std::size_t messages_ = 0;
    MessageStream stream_;
    EventReader events_;
};

// As it counts with this HTTP status: an error is no success, whatever the body says.
Answer as_told_by(int status, Answer answer);

// Notes an answer where it belongs. An id that several have tells nothing, and where one of several cannot be kept, no
// answer does; of several answers, the first counts. The only request is answered by any, at best by one with its id.
void note_answer(std::span<ObservedOperation> operations, const Answer& answer, std::chrono::microseconds duration);

}  // namespace mcp
