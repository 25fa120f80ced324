# Answers that are the authorization server's fault never turn a token into an inactive one: 503 with Retry-After, no
# challenge, and one log line that names the cause (SPEC 85, 87). And requests with one new token share one question.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Introspection;
use TestNginx::Mcp;

my $as      = run_origin();
my $port    = $as->port;
my $client  = 'client_id=gateway client_secret_file=secret';
my $protect = "mcp_resource $resource; mcp_authorization_server https://as.example.com; %%OK%%";
my $nginx   = run_nginx(<<"CONF", { secret => 'secret-of-the-gateway', short => 'hunter2', form => 'a/b c%d&e', basic => 'b' }, connections => 4096);
    mcp_zone mcp 1m;
    server {
        listen 127.0.0.1:%%PORT%% backlog=4096;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /mcp     { mcp_introspection http://127.0.0.1:$port/introspect $client; $protect }
        location /down    { mcp_introspection http://127.0.0.1:%%PORT_NOBODY%%/x $client; $protect }
        location /nowhere { mcp_introspection https://no-such-host.invalid/x $client; $protect }
        location /read    { mcp_introspection http://127.0.0.1:$port/introspect $client; mcp_scope mcp:read; mcp_resource https://mcp.example.com/read; mcp_audience $resource; mcp_authorization_server https://as.example.com; %%OK%% }
        @{[ map { "location /$_ { mcp_introspection http://127.0.0.1:$port/introspect client_id=a client_secret_file=$_; $protect }" } qw(short form basic) ]}
        location /skips { mcp_introspection http://127.0.0.1:$port/introspect $client; mcp_insecure_skip_issuer_check on; mcp_resource https://mcp.example.com/skips; mcp_audience $resource; mcp_authorization_server https://as.example.com; %%OK%% }
        location /plain { %%OK%% }
    }
CONF
$nginx->passes_after('/plain');
$nginx->keep_out_of_log('secret-of-the-gateway');
my $number = 0;
my $active = to_json({ active => JSON::true, aud => $resource });
sub answer ($answer) { return $as->answer('/introspect', ref $answer ? %$answer : (body => $answer)) }
sub token () { return 'opaque-token-' . ++$number }
sub asked () { return scalar(() = $as->requests('/introspect')) }

sub unavailable ($name, $answer, $reason, $retry_after = 5, $path = '/mcp') {
    answer($answer) if $answer;
    my $token = token();
    $nginx->refuses("$name: 503", path => $path, token => $token, status => 503, reason => qr/mcp_resource: refused with 503 \(\w+\): $reason:/);
    return if ref $answer && $answer->{hang};    # the whole deadline again
    return is $nginx->get($path, token => $token)->header('Retry-After'), $retry_after, "$name: Retry-After";
}

unavailable(@$_) for faulty_answers("http://127.0.0.1:$port/other");
unavailable('nobody listens',  undef, 'server_unreachable', 5, '/down');
unavailable('nobody has this name', undef, 'server_unreachable', 5, '/nowhere');
for my $row (refusing_answers()) {
    my ($name, $answer) = @$row;
    answer($answer);
    my ($token, $before) = (token(), asked());
    $nginx->refuses("$name: 401, and the log says how", path => '/mcp', token => $token, reason => qr{token_inactive: .*, "http://127\.0\.0\.1:$port/introspect" gave status 40[01]});
    answer($active);
    is $nginx->get('/mcp', token => $token)->status, 200, 'it is not kept';
    is asked() - $before, 2, 'so that the server is asked again';
}
answer({ status => 400, body => '{"error":"unsupported_token_type"}' });
$nginx->refuses('SPEC 87: a definitive no', path => '/mcp', token => token(), reason => qr/token_kind_refused/);
answer({ status => 500 });
$nginx->refuses('no credentials: nobody is asked', path => '/mcp', reason => qr/credentials_missing/);
answer($active);
is $nginx->get('/mcp', token => token())->status, 200, 'and it gets well by itself';

for my $row (unusual_claims()) {
    my ($name, $members) = @$row;
    answer(qq({"active":true,"aud":"$resource",$members}));
    is $nginx->get($members =~ /mcp:read/ ? '/read' : '/mcp', token => token())->status, 200, "$name: passes";
}
for my $iss (5, 'true', '{}', '["https://as.example.com"]') {
    answer(qq({"active":true,"aud":"$resource","iss":$iss}));
    is $nginx->get('/skips', token => token())->status, 200, "iss $iss, where no issuer is compared: nobody needs it";
    unavailable("iss $iss, where one is compared", undef, 'answer_claim_invalid');
}
for my $aud (qq([null,"$resource"]), qq(["$resource",null])) {
    answer(qq({"active":true,"aud":$aud}));
    is $nginx->get('/mcp', token => token())->status, 200, "$aud: passes";
}
for my $row (['[null]', 'audience_not_accepted'], ['[null,"https://other.example.com/mcp"]', 'audience_not_accepted'], ['null', 'audience_missing']) {
    my ($aud, $reason) = @$row;
    answer(qq({"active":true,"aud":$aud}));
    $nginx->refuses("$aud: names nobody", path => '/mcp', token => token(), reason => qr/$reason/);
}

# --- what the server says about its refusal

sub told ($name, $answer, $line) {
    answer($answer);
    return $nginx->refuses($name, path => '/mcp', token => token(), status => 503, reason => qr{gave status \d+$line, client:});
}
told('its code and description are told', { status => 400, body => '{"error":"invalid_client","error_description":"Client not found"}' }, ', "invalid_client": "Client not found"');
told('also of a challenge', { status => 401, headers => [['WWW-Authenticate', 'Basic realm="x", error="invalid_client", error_description="Bad \\"secret\\""']] }, ', "invalid_client": "Bad \?\?secret\?\?"');
told('and of a 200 that says nothing else', { body => '{"error":"oops"}' }, ', "oops"');
told('what is not printable is replaced', { status => 400, body => '{"error":"a\nb","error_description":"\u001b[31mred"}' }, ', "a\?b": "\?\[31mred"');
told('a long one is cut', { status => 400, body => '{"error":"x","error_description":"' . 'long ' x 1000 . '"}' }, ', "x": "(?:long ){40}\.\.\."');
answer({ status => 400, body => '{"error":"invalid_request","error_description":"cannot find repeated-token-0123456789 and c2VjcmV0LW9mLXRoZS1nYXRld2F5, secret-of-the-gateway"}' });
$nginx->refuses('what we sent is not repeated', path => '/mcp', token => 'repeated-token-0123456789', status => 503, reason => qr{"invalid_request": "cannot find \.\.\. and \S+, \.\.\."});

answer({ status => 400, body => '{"error":"invalid_client","error_description":"secret hunter2 is wrong"}' });
$nginx->refuses('a short secret is not repeated either', path => '/short', token => token(), status => 503, reason => qr{"invalid_client": "secret \.\.\. is wrong", client:});
answer({ status => 400, body => '{"error":"invalid_client","error_description":"wrong: a%2Fb+c%25d%26e"}' });
$nginx->refuses('nor as it stands in the form', path => '/form', token => token(), status => 503, reason => qr{"invalid_client": "wrong: \.\.\.", client:});
answer({ status => 401, body => '{"error":"invalid_client","error_description":"wrong: YTpi"}' });
$nginx->refuses('nor as it stands in the header', path => '/basic', token => token(), status => 503, reason => qr{"invalid_client": "wrong: \.\.\.", client:});

# --- what differs in the claims

sub differs ($name, $claims, $text) {
    $claims = { active => JSON::true, aud => $resource, %$claims };
    answer(to_json($claims));
    return $nginx->refuses("$name is named", path => '/mcp', token => token(), reason => qr/mcp_resource: refused with 401 \(\w+\): \Q$text\E/);
}
differs('another issuer', { iss => 'https://evil.example.com' }, 'issuer_not_accepted: the issuer of the token is not accepted: iss is "https://evil.example.com", accepted is "https://as.example.com", client: ');
differs('another audience', { aud => ['account', 'x'] }, qq(audience_not_accepted: the token was not issued for this resource: aud is ["account", "x"], accepted is "$resource", client: ));
differs('an old date', { exp => 1 }, 'expired: the token has expired: exp is 1, ');
answer(to_json({ active => JSON::true, aud => 'account' }));
my $first = asked();
$nginx->refuses("also of a kept answer ($_)", path => '/mcp', token => 'kept-and-refused', reason => qr/audience_not_accepted: .*: aud is "account", accepted is "[^"]+", client:/) for 1, 2;
is asked() - $first, 1, 'which was asked for once';
answer(to_json({ active => JSON::true, aud => $resource, exp => 'soon' }));
$nginx->refuses('a time that is none is named, beside who said it', path => '/mcp', token => token(), status => 503,
    reason => qr{answer_claim_invalid: [^:]*: exp is "soon", and must be a number of seconds up to the year 9999, "http://127\.0\.0\.1:$port/introspect" gave status 200});

# --- one question for all who wait

sub statuses (@responses) {
    my %count;
    $count{ $_->status }++ for @responses;
    return join ' ', map { "$_:$count{$_}" } sort keys %count;
}
sub together ($count, $token) { return statuses($nginx->get_at_once(map { ['/mcp', token => $token] } 1 .. $count)) }

my $before = asked();
answer({ body => $active, delay => 2 });
is together(1000, 'token-of-a-thousand'), '200:1000', 'a thousand first requests with one token pass';
is asked() - $before, 1, 'exactly one question reached the server';
is together(50, 'token-of-a-thousand'), '200:50', 'later ones pass';
is asked() - $before, 1, 'from the cache';
answer({ status => 429, headers => [['Retry-After', 9]], delay => 1 });
is together(20, 'token-at-a-busy-server'), '503:20', 'a fault is for all who wait';

# --- clients that leave

answer({ hang => 1 });
$nginx->begin('/mcp', token => 'token-of-who-leaves') for 1 .. 3;
$nginx->get_http2('/mcp', token => 'token-of-who-leaves', port => 'PORT_H2', max_time => 0.3);

sub asked_about ($token) { return scalar grep { $_->{body} =~ /\btoken=\Q$token\E&/ } $as->requests('/introspect') }
answer({ body => $active, delay => 2 });
my @sharing = map { $nginx->begin('/mcp', token => 'shared-token') } 1 .. 4;
ok wait_for(5, sub { asked_about('shared-token') == 1 }), 'the first one asks';
is $nginx->get('/plain')->status, 200, 'others are served meanwhile';
undef @sharing[0, 2];
my @left = map { (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($_, 20)))[0]->status } @sharing[1, 3];
is "@left", '200 200', 'when it leaves, those who stay get the answer';
is asked_about('shared-token'), 1, 'to the one question';

finish();
