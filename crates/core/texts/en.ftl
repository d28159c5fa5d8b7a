# The words of the visitor's side. One id, one sentence; `{ $x }` is filled in by the gate.
direction = ltr
list-next = { $start }, { $end }
list-last = { $start } and { $end }
date = { $day } { $month } { $year }
date-first = { $day } { $month } { $year }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

lifetime-session = until the browser is closed
lifetime-days = { $count ->
    [one] 1 day
   *[other] { $count } days
  }
lifetime-months = { $count ->
    [one] 1 month
   *[other] { $count } months
  }
lifetime-years = { $count ->
    [one] 1 year
   *[other] { $count } years
  }
store-local = until it is erased
store-session = until the tab is closed
store-indexed-db = until it is erased (database)

## Purposes: title, words within a sentence, description.
purpose-necessary = Strictly necessary
purpose-necessary-short = what the site cannot do without
purpose-necessary-what = What the site cannot work without: security, the basket, your session, remembering your choice. It needs no consent.
purpose-measurement = Audience measurement
purpose-measurement-short = audience measurement
purpose-measurement-what = Counting visits and seeing how pages are used, in order to improve them.
purpose-personalisation = Personalisation
purpose-personalisation-short = personalisation
purpose-personalisation-what = Adapting what you are shown to what you have read or done before.
purpose-advertising = Targeted advertising
purpose-advertising-short = targeted advertising
purpose-advertising-what = Choosing advertisements from a profile of you, limiting and measuring them, on this site and elsewhere.
purpose-embedded-content = Videos, posts, maps and other content
purpose-embedded-content-short = content from other sites (videos, posts, maps)
purpose-embedded-content-what = Showing content that comes from other companies. They learn that you see it, from which address, and may store trackers.

## The notice, in the place of a content.
notice-why = This content from { $service } is blocked because you have not accepted cookies and other trackers.
notice-why-video = This video from { $service } is blocked because you have not accepted cookies and other trackers.
notice-why-audio = This recording from { $service } is blocked because you have not accepted cookies and other trackers.
notice-why-map = This map from { $service } is blocked because you have not accepted cookies and other trackers.
notice-why-social = This post from { $service } is blocked because you have not accepted cookies and other trackers.
notice-accept = Accept
notice-accept-what = Only { $service }: its trackers may be stored and its content is shown.
notice-more = More information
notice-accept-all = Accept all cookies
notice-accept-all-what = On the sites and applications of { $operator }, data is stored and read on your device for: { $purposes }.
notice-never = The operator of this site does not let it in.
notice-withdraw = You can withdraw your consent at any time on the { $link }.
withdraw-link = data-protection page
manage = Manage my choices

## The banner.
banner-title = Your choice about cookies and other trackers
banner-why = If you agree, { $operator } and its partners store and read data on your device, for:
banner-withdraw = Refusing leaves you the whole site except their content. Your choice holds for 6 months; you can change or withdraw it at any time on the { $link }, which lists { $count ->
    [one] the one service concerned.
   *[other] all { $count } services concerned.
  }
accept-all = Accept all
refuse-all = Refuse all
control = Privacy choices

## Pages.
skip = Go to the content
nav = Data protection
back = Back to the site
back-unchanged = Back without changing anything
version = Version of this policy:
preferences-title = My choices
preferences-short = My choices
preferences-intro = You decide what { $operator } and other companies may store on your device and load into the pages. Without your agreement they get nothing.
all-at-once = All at once
by-purpose = By purpose
always-on = Always on
services-found = Services found on this site
hosts-found = Found on this site
services-rest = { $count ->
    [one] 1 service that has not been found on this site
   *[other] { $count } services that have not been found on this site
  }
services-rest-what = They are blocked like the others, should a page call them. Your choices by purpose apply to them too.
service-facts = What it stores, and who runs it
choice-grant = Allow
choice-refuse = Do not allow
choice-as-purpose = As its purposes
choice-as-others = As the others
others-title = Companies that are not in this list
others-what = Third parties that a page may call and that we cannot describe. They are let in as a whole only if you allow everything else too.
others-never = Third parties that we cannot describe are never let in on this site.
save = Save my choices
withdraw = Withdraw my consent
mark-always = Always on
mark-allowed = Allowed
mark-blocked = Blocked
mark-accepted = Accepted
mark-refused = Refused
mark-undecided = Not decided
state-undecided = You have not chosen yet. Everything that needs your consent is blocked.
state-nothing = You have refused everything that needs your consent.
state-everything = You have accepted everything.
state-something = You have accepted a part, as shown below.
state-decided = Chosen on { $date } for { $site }, in force until { $until }. You can change it at any time.

policy-title = Data protection: cookies and other trackers
policy-short = Data protection
policy-intro = What { $operator } and other companies store on your device and load into the pages of { $site }, for which purposes and for how long, and what you have chosen.
policy-choice = Your choice
policy-choice-what = Withdrawing is as simple as accepting: it takes effect at once, and the trackers that can be reached from here are erased.
policy-who = Who is responsible
policy-privacy = Our privacy statement
policy-rights = You have the right to see your data, to have it corrected or erased, to object to its use, and to complain to your data-protection authority.
policy-own = What this choice itself stores
policy-own-what = One cookie, named octroi or __Host-octroi, remembers your choice for { $life }, whether you accept or refuse. A refusal holds nothing that could tell you from others. It is strictly necessary.
policy-purposes = Purposes and services

fact-provider = Provider
fact-purposes = Purposes
fact-stores = What it stores, for how long
fact-stores-nothing = Nothing that we know of. Your address and your browser's description reach the provider all the same.
fact-hosts = Loaded from
fact-transfers = Leaves the European Economic Area
fact-transfers-none = Not that we know of
fact-exempt = Why no consent is needed
fact-policy = Its own policy
fact-policy-link = Privacy policy of { $provider }
service-allowed = This service is allowed.
service-blocked = This service is blocked because you have not accepted its trackers: nothing is loaded from it.
service-stop = Do not allow it any more
service-other = Other services, and choices by purpose:
host-what = Pages of this site call { $host }, which our list of services does not describe. If you accept, your browser contacts it, so that it learns your address and the page you are on, and it may store trackers for a time that we do not know.
kind-video = Video
kind-audio = Sound
kind-social = Social network
kind-map = Map
kind-measurement = Audience measurement
kind-tag-manager = Tag manager
kind-advertising = Advertising
kind-font = Typeface
kind-captcha = Protection against robots
kind-chat = Conversation
kind-comments = Comments
kind-payment = Payment
kind-ab-testing = Testing of variants
kind-image = Images
kind-code-library = Library of code
kind-form = Form
kind-document = Document
kind-rating = Ratings
kind-other = Third party

## Messages.
message-saved = Your choice is saved.
message-saved-what = It is in force now.
message-not-saved = Your choice could not be saved.
message-not-saved-what = Nothing was changed: what was blocked stays blocked. Please try again in a moment.
message-upstream-down = The site does not answer.
message-upstream-down-what = Please try again in a moment. Your choices are not affected.
message-upstream-slow = The site takes too long to answer.
message-upstream-slow-what = Please try again in a moment. Your choices are not affected.
message-bad-request = This request cannot be understood.
message-bad-request-what = Go back, reload the page and try again. Nothing was changed.
message-foreign-request = This request came from another site.
message-foreign-request-what = Choices are taken only from this site's own pages, so nothing was changed.
message-unreadable = This page cannot be shown safely.
message-unreadable-what = It is written in a way that does not let us block what you have not accepted. So it is not shown.
message-not-found = There is no such page.
message-not-found-what = The address may be mistyped, or the page has moved.
message-too-much = This is more than can be taken at once.
message-too-much-what = Nothing was changed. Please try again with fewer choices, or in a moment.

## Countries that the catalogue names.
country-AE = United Arab Emirates
country-AR = Argentina
country-AT = Austria
country-AU = Australia
country-BE = Belgium
country-BG = Bulgaria
country-BR = Brazil
country-BY = Belarus
country-CA = Canada
country-CH = Switzerland
country-CL = Chile
country-CN = China
country-CO = Colombia
country-CY = Cyprus
country-CZ = Czechia
country-DE = Germany
country-DK = Denmark
country-EE = Estonia
country-ES = Spain
country-EU = European Union
country-FI = Finland
country-FR = France
country-GB = United Kingdom
country-GR = Greece
country-HK = Hong Kong
country-HR = Croatia
country-HU = Hungary
country-ID = Indonesia
country-IE = Ireland
country-IL = Israel
country-IN = India
country-IS = Iceland
country-IT = Italy
country-JP = Japan
country-KR = South Korea
country-KY = Cayman Islands
country-LI = Liechtenstein
country-LT = Lithuania
country-LU = Luxembourg
country-LV = Latvia
country-MA = Morocco
country-MC = Monaco
country-MT = Malta
country-MX = Mexico
country-MY = Malaysia
country-NL = Netherlands
country-NO = Norway
country-NZ = New Zealand
country-PH = Philippines
country-PL = Poland
country-PT = Portugal
country-RO = Romania
country-RS = Serbia
country-RU = Russia
country-SE = Sweden
country-SG = Singapore
country-SI = Slovenia
country-SK = Slovakia
country-TH = Thailand
country-TN = Tunisia
country-TR = Türkiye
country-TW = Taiwan
country-UA = Ukraine
country-US = United States
country-VN = Vietnam
country-ZA = South Africa
