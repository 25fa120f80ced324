# Which answers make a token active: only a 200 with a JSON object whose "active" is the boolean true, with claims of the
# right types, in time (SPEC 85-87). A definitive no is a 401. Anything else is the authorization server's fault: 503, a
# line in the log that names the cause, and a Retry-After.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Introspection;

my $as = run_origin();
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret-of-the-gateway;
    server {
        listen 127.0.0.1:%%PORT%%;
        proxy_connect_timeout 300ms;
        proxy_read_timeout 300ms;
        auth_oauth2_token_introspect_endpoint /_introspect;
        location /mcp   { auth_oauth2_token_introspect on; %%OK%% }
        location /value { auth_oauth2_token_introspect on; add_header X-Active \$oauth2_token_active always; %%OK%% }
        location /early { auth_oauth2_token_introspect on; auth_oauth2_token_phase preaccess; %%OK%% }
        location /unbuffered { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_unbuffered; %%OK%% }
        location /plain { %%OK%% }
        location /down  { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_down; %%OK%% }
        location /absent { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /nowhere; %%OK%% }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$as_port/introspect; }
        location = /_unbuffered { internal; proxy_buffering off; proxy_pass http://127.0.0.1:$as_port/introspect; }
        location = /_down { internal; proxy_pass http://127.0.0.1:%%PORT_NOBODY%%; }
        location = /nowhere { internal; return 404; }
    }
CONF
$nginx->passes_after('/plain');
$nginx->keep_out_of_log('secret-of-the-gateway');
my $number = 0;

sub answer ($answer) { return $as->answer('/introspect', ref $answer ? %$answer : (body => $answer)) }
sub token () { return 'opaque-token-' . ++$number }

sub refused ($name, $answer, $reason, $more = '') {
    answer($answer);
    return $nginx->refuses("$name: 401", path => '/mcp', token => token(), reason => qr/auth_oauth2_token: $reason: $more/,
        challenge => qr/\ABearer error="invalid_token"\z/);
}

sub unavailable ($name, $answer, $reason, $retry_after = 5, $path = '/mcp') {
    answer($answer) if $answer;
    my $token = token();
    is $nginx->get($path, token => $token)->header('Retry-After'), $retry_after, "$name: Retry-After";
    return $nginx->refuses("$name: 503", path => $path, token => $token, status => 503, reason => qr/auth_oauth2_token: $reason:/);
}

sub passes ($name, $answer) {
    answer($answer);
    is $nginx->get($_, token => token())->status, 200, "$name: passes ($_)" for qw(/mcp /early);
    return;
}

my ($past, $future) = (time - 1, time + 1000);
passes('active', '{"active":true}');
passes('all claims', qq({"active":true,"sub":"a","scope":"x y","aud":["a","b"],"iss":"i","client_id":"c","exp":$future,"nbf":1,"iat":1}));
passes('in chunks', { body => '{"active":true}', chunked => 4 });
passes('another content type', { body => '{"active":true}', headers => [['Content-Type', 'text/plain']] });
passes('exp far away', '{"active":true,"exp":253402300799}');

refused('active: false: the log says who was asked, and as whom', '{"active":false}', 'token_inactive', 'the token is inactive \(expired or revoked\), asked "/_introspect" as client "[^"]+"');
refused('active: false with claims', qq({"active":false,"sub":"a","exp":$future}), 'token_inactive');
for my $row (refusing_answers()) {
    refused($row->[0], $row->[1], 'token_inactive', 'the token is inactive \(expired or revoked\): "/_introspect" gave status 40[01],');
    is $nginx->get('/value', token => token())->header('X-Active'), '0', 'the server has said it';
}
unavailable('what the server says is told', { status => 400, body => '{"error":"invalid_client","error_description":"no such\nclient"}' },
    'server_refuses_client: [^:]+: "/_introspect" gave status 400, "invalid_client"');
passes($_->[0], qq({"active":true,$_->[1]})) for unusual_claims();
passes("iss $_, which nobody compares", qq({"active":true,"iss":$_})) for 5, 'true', '{}', '["a"]';
refused('exp in the past', qq({"active":true,"exp":$past}), 'expired');
refused('exp 0', '{"active":true,"exp":0}', 'expired');
refused('nbf in the future', qq({"active":true,"nbf":$future}), 'not_yet_valid');
refused('a JWT that the server does not introspect', { status => 400, body => '{"error":"unsupported_token_type"}' }, 'token_kind_refused');

refused('what differs is named: a date', '{"active":true,"exp":1}', 'expired', '[^:]*: exp is 1, \d+ s ago; the leeway is 0 s, client:');
refused('a key', '{"active":true,"cnf":{"jkt":"x"}}', 'token_sender_constrained', '[^:]*: cnf names "jkt"; let the authorization server');
unavailable('a time that is none', '{"active":true,"exp":"soon"}', 'answer_claim_invalid: [^:]*: exp is "soon", and must be a number of seconds up to the year 9999, "/_introspect" gave status 200, client');

passes('64 KB', TestNginx::Introspection::largest_answer());
unavailable(@$_) for faulty_answers("http://127.0.0.1:$as_port/other");
unavailable('chunks without the last one, unbuffered', { body => '{"active":true}', chunked => 4, end => -5 }, 'server_unreachable', 5, '/unbuffered');
answer({ body => '{"active":true}', chunked => 4 });
is $nginx->get('/unbuffered', token => token())->status, 200, 'all chunks, unbuffered: passes';
unavailable('an answer that comes too late', { body => '{"active":true}', delay => 1 }, 'server_unreachable');
unavailable('nobody listens', undef, 'server_unreachable', 5, '/down');
unavailable('the location says 404', undef, 'server_status_unexpected', 5, '/absent');

answer({ status => 500 });
$nginx->refuses('no credentials: nobody is asked', path => '/mcp', reason => qr/credentials_missing/, challenge => qr/\ABearer\z/);
passes('and it gets well by itself', '{"active":true}');

finish();
