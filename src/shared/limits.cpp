#include "shared/limits.h"

#include <utility>

namespace shared {

LimitQuestion::~LimitQuestion() {
    if (asked_ != nullptr) asked_->forget(*this);
}

bool LimitQuestion::ask(Limiter& limiter) {
    if (is_answered_) return true;
    if (asked_ == nullptr) {
        asked_ = &limiter;
        limiter.take(*this);
    }
    if (is_answered_) return true;
    if (!pause_) pause_.emplace(request_);
    pause_->begin(ngx::Pause::no_limit);  // the limiter has one
    return false;
}

void Limiter::answer(LimitQuestion& question, LimitQuestion::Answer answer) noexcept {
    question.answer_ = std::move(answer);
    question.is_answered_ = true;
    question.asked_ = nullptr;
    if (question.pause_) question.pause_->resume();
    question.others_.resume_all();
}

}  // namespace shared
