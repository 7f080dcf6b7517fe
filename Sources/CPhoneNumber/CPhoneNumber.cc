#include "CPhoneNumber.h"

#include <cstring>
#include <string>

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace {

int32_t kind_of(PhoneNumberUtil::PhoneNumberType type) {
    switch (type) {
    case PhoneNumberUtil::FIXED_LINE:
    case PhoneNumberUtil::VOIP:
        return CPN_KIND_FIXED;
    case PhoneNumberUtil::MOBILE:
        return CPN_KIND_MOBILE;
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE:
        return CPN_KIND_FIXED_OR_MOBILE;
    case PhoneNumberUtil::TOLL_FREE:
        return CPN_KIND_TOLL_FREE;
    case PhoneNumberUtil::PREMIUM_RATE:
    case PhoneNumberUtil::SHARED_COST:
    case PhoneNumberUtil::UAN:
    case PhoneNumberUtil::PERSONAL_NUMBER:
    case PhoneNumberUtil::VOICEMAIL:
        return CPN_KIND_NON_GEOGRAPHIC;
    default:
        return CPN_KIND_UNKNOWN;
    }
}

template <size_t Size> bool put(const std::string &text, char (&field)[Size]) {
    if (text.size() >= Size) return false;
    std::memcpy(field, text.data(), text.size());
    return true;
}

bool read(const char *text, size_t length, const char *region, cpn_number *number) {
    const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
    PhoneNumber parsed;
    if (util->Parse(std::string(text, length), region, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) return false;
    std::string home, e164, international, national;
    util->GetRegionCodeForNumber(parsed, &home);
    util->Format(parsed, PhoneNumberUtil::E164, &e164);
    util->Format(parsed, PhoneNumberUtil::INTERNATIONAL, &international);
    util->Format(parsed, PhoneNumberUtil::NATIONAL, &national);
    number->country_code = parsed.country_code();
    number->kind = kind_of(util->GetNumberType(parsed));
    number->is_valid = util->IsValidNumber(parsed);
    return put(home, number->region) && put(e164, number->e164) && put(international, number->international) &&
           put(national, number->national);
}

} // namespace

bool cpn_read(const char *text, size_t length, const char *region, cpn_number *number) {
    if (number == nullptr) return false;
    std::memset(number, 0, sizeof *number);
    if (text == nullptr || region == nullptr) return false;
    try {
        if (read(text, length, region, number)) return true;
    } catch (...) {
        // Out of memory or a regular expression the library could not build: to the desk it is no number.
    }
    std::memset(number, 0, sizeof *number);
    return false;
}
