# What a request gets (the table of statuses and challenges): exactly one challenge, of one form, and one log line.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => '{"ok":true}');
my $port = $backend->port;
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /mcp {
            $protected
            mcp_scope mcp:read;
            mcp_scope mcp:write tool=write_*;
            proxy_pass http://127.0.0.1:$port;
        }
    }
CONF
my $token = access_token();
$nginx->passes_after('/mcp', token => $token);

# Sends a request, which must be refused; returns the challenge's parameters (or undef), the response and the log line.
sub refusal ($status, %request) {
    my $mark     = $nginx->log_mark;
    my $response = $nginx->get('/mcp', %request);
    is $response->status, $status, "status $status";
    my @challenges = $response->headers('WWW-Authenticate');
    my @lines = $nginx->log_lines($mark);
    is @lines, 1, 'one log line' or diag explain \@lines;
    is $response->header('Cache-Control'), 'no-store', 'no cache keeps it';
    is $response->header('Content-Type'), 'application/json', 'the body is JSON';
    ok from_json($response->body), 'indeed';
    return (@challenges == 1 ? parameters($challenges[0]) : undef, $response, $lines[0], @challenges);
}

subtest 'SPEC 4, 63, 64: no credentials: 401, where to get a token, and no error' => sub {
    my (undef, $response, $line, @challenges) = refusal(401);
    is_deeply \@challenges, [qq(Bearer resource_metadata="$metadata", scope="mcp:read")], 'the whole challenge';
    like $line, qr/\[info\].*mcp_resource: refused with 401 \([0-9a-f]{8}\): credentials_missing: the request has no access token/, 'not an error';
};

my $head = sub ($changes) { join '.', b64url(to_json($changes)), (split /\./, $token)[1, 2] };
my %bad = (
    'expired'              => [expired               => access_token(exp => time - 1)],
    'expired just now'     => [expired               => access_token(exp => time)],
    'not yet valid'        => [not_yet_valid         => access_token(nbf => time + 100)],
    'without end'          => [expiration_missing    => access_token(exp => undef)],
    'of a foreign issuer'  => [issuer_not_accepted   => access_token(iss => 'https://evil.example.com')],
    'of a similar issuer'  => [issuer_not_accepted   => access_token(iss => 'https://as.example.com/')],
    'without an issuer'    => [issuer_missing        => access_token(iss => undef)],
    'for another resource' => [audience_not_accepted => access_token(aud => 'https://other.example.com/mcp')],
    'without an audience'  => [audience_missing      => access_token(aud => undef)],
    'signed by another'    => [signature_invalid     => mint('p256_other', claims(aud => $resource, scope => 'mcp:read'), header => { kid => 'p256' })],
    'of an unknown key'    => [key_not_found         => mint('rsa', claims(aud => $resource))],
    'unsigned'             => [algorithm_unsupported => $head->({ alg => 'none' })],
    'with a crit'          => [critical_header_unsupported => mint('p256', claims(aud => $resource), header => { crit => ['x'], x => 1 })],
    'a DPoP proof'         => [type_not_accepted     => mint('p256', claims(aud => $resource), header => { typ => 'dpop+jwt' })],
    'a logout token'       => [type_not_accepted     => mint('p256', claims(aud => $resource), header => { typ => 'logout+jwt' })],
    'opaque'               => [token_not_compact_jws => 'opaque-token-of-some-length'],
    'cut off'              => [qr{signature_malformed|token_not_base64url} => substr($token, 0, -4)],
    'encrypted'            => [token_encrypted       => 'e30.e30.e30.e30.e30'],
    'expired and weak'     => [expired               => access_token(exp => 1, scope => '')],
);
for my $name (sort keys %bad) {
    my ($reason, $bad) = @{ $bad{$name} };
    subtest "SPEC 14, 65, 83: a token $name: 401 invalid_token" => sub {
        my ($challenge, $response, $line, @all) = refusal(401, token => $bad);
        is @all, 1, 'one challenge';
        is $challenge->{error}, 'invalid_token', 'the error';
        is_deeply [sort keys %$challenge], [qw(error error_description resource_metadata scope)], 'its parameters';
        like $all[0], qr/\ABearer error="invalid_token", error_description="[^"]+ \([0-9a-f]{8}\)", resource_metadata="\Q$metadata\E", scope="mcp:read"\z/, 'in this order';
        like $line, qr/\[error\].*mcp_resource: refused with 401 \([0-9a-f]{8}\): $reason: /, 'the reason in the log';
        my ($id) = $challenge->{error_description} =~ /\(([0-9a-f]{8})\)\z/;
        like $line, qr/\(\Q$id\E\)/, 'header and log share the decision id';
        is from_json($response->body)->{error}, 'invalid_token', 'and the body the error';
    };
}

subtest 'SPEC 16, 65: a scope is missing: 403, and which one' => sub {
    my (undef, $response, $line, @challenges) = refusal(403, token => access_token(scope => 'other'));
    is_deeply \@challenges, [qq(Bearer error="insufficient_scope", scope="mcp:read", resource_metadata="$metadata")], 'the whole challenge';
    like $line, qr/refused with 403 \([0-9a-f]{8}\): scope_insufficient: .*missing "mcp:read"/, 'the log names it';
};
subtest 'SPEC 17: all scopes of the operation in one challenge' => sub {
    my ($challenge) = refusal(403, method => 'POST', body => message('tools/call', name => 'write_file'), token => access_token(scope => undef));
    is $challenge->{scope}, 'mcp:read mcp:write', 'both';
    ($challenge, undef, my $line) = refusal(403, method => 'POST', body => message('tools/call', name => 'write_file'), token => $token);
    is $challenge->{scope}, 'mcp:read mcp:write', 'also the one that was granted';
    like $line, qr/missing "mcp:write"/, 'the log has what is missing alone';
};

my %malformed = (
    'Bearer alone' => 'Bearer', 'Bearer and spaces' => 'Bearer   ', 'two tokens' => "Bearer $token $token", 'a comma' => "Bearer $token, Bearer $token",
    'a quote' => 'Bearer "x"', 'a backslash' => 'Bearer a\\b', 'bytes above 7F' => "Bearer \xC3\xA9",
);
for my $name (sort keys %malformed) {
    subtest "SPEC 66: $name: 401, and nothing of it is reflected" => sub {
        my ($challenge, undef, $line) = refusal(401, headers => ["Authorization: $malformed{$name}"]);
        is $challenge->{error}, 'invalid_token', 'invalid_token';
        like $line, qr/credentials_malformed/, 'the reason';
    };
}
for my $scheme ('Basic dTpw', 'DPoP abc', 'Bearerish abc', '', "bearer\t$token") {
    subtest "other credentials ($scheme) are none" => sub {
        my ($challenge) = refusal(401, headers => ["Authorization: $scheme"]);
        ok !exists $challenge->{error}, 'no error' if $scheme !~ /\t/;
    };
}
is $nginx->get('/mcp', headers => ["Authorization: $_ $token"])->status, 200, "SPEC 63: the scheme $_ is Bearer" for qw(bearer BEARER bEaReR);

for my $query ("access_token=$token", "a=b&access_token=$token", 'access_token=', 'access%5Ftoken=x', 'a;access_token=x') {
    for my $with (undef, $token) {
        subtest "SPEC 8, 67: a token in the query ($query): 400" => sub {
            my $mark     = $nginx->log_mark;
            my $response = $nginx->get("/mcp?$query", defined $with ? (token => $with) : ());
            is $response->status, 400, 'status';
            my $challenge = parameters($response->header('WWW-Authenticate'));
            is $challenge->{error}, 'invalid_request', 'the error';
            is $challenge->{resource_metadata}, $metadata, 'the metadata';
            like $nginx->log($mark), qr/refused with 400 .*request_ambiguous/, 'the reason';
        };
    }
}
is $nginx->get('/mcp?my_access_token=1&access_tokens=2', token => $token)->status, 200, 'other parameters pass';
# nginx itself refuses these, and writes both headers into its log.
for my $pair (['Authorization: Bearer a', 'Authorization: Bearer a'], ['authorization: Bearer a', 'AUTHORIZATION: Basic x']) {
    my $response = $nginx->get('/mcp', headers => $pair);
    is $response->status, 400, 'SPEC 67: two Authorization headers: 400';
    is scalar(my @lines = $response->headers('WWW-Authenticate')), 1, 'SPEC 66: one challenge';
    my $challenge = parameters($response->header('WWW-Authenticate'));
    is $challenge->{error}, 'invalid_request', 'SPEC 65: invalid_request';
    is $challenge->{resource_metadata}, $metadata, 'the metadata';
}
is $nginx->get('/mcp', headers => ['Host: a b'])->header('WWW-Authenticate'), undef, 'another bad request has no challenge';

subtest 'a valid token: the answer of the backend, and no challenge' => sub {
    my $response = $nginx->get('/mcp', token => $token);
    is $response->status, 200, 'status';
    is $response->body, '{"ok":true}', 'body';
    is $response->header($_), undef, "no $_" for qw(WWW-Authenticate Cache-Control);
};
for my $status (400, 404, 401, 403, 500, 202) {
    $backend->answer('/mcp', status => $status, body => $status == 202 ? '' : '{"jsonrpc":"2.0","id":1,"error":{"code":-32601}}');
    my $response = $nginx->get('/mcp', token => $token);
    is $response->status, $status, "SPEC 40, 41, 45, 46: the backend's $status passes";
    is $response->body, $status == 202 ? '' : '{"jsonrpc":"2.0","id":1,"error":{"code":-32601}}', 'with its body';
    is $response->header('WWW-Authenticate'), undef, 'and without a challenge of ours';
}
$backend->answer('/mcp', body => 'fine');

subtest 'HTTP/2 is no different' => sub {
    my $bare = $nginx->get_http2('/mcp', port => 'PORT_H2');
    is $bare->status, 401, 'no token';
    is $bare->header('WWW-Authenticate'), qq(Bearer resource_metadata="$metadata", scope="mcp:read"), 'one challenge';
    is $nginx->get_http2('/mcp', port => 'PORT_H2', token => $bad{expired}[1])->status, 401, 'a bad token';
    is $nginx->get_http2('/mcp', port => 'PORT_H2', token => $token)->status, 200, 'a good one';
    my $two = $nginx->get_http2('/mcp', port => 'PORT_H2', headers => ['Authorization: Bearer a', 'authorization: Bearer b']);
    is $two->status, 400, 'SPEC 67: two';
};

my $ids = join ' ', map { parameters($nginx->get('/mcp', token => 'x')->header('WWW-Authenticate'))->{error_description} =~ /\((\w+)\)/ } 1 .. 20;
my %seen = map { $_ => 1 } split / /, $ids;
is keys %seen, 20, 'every refusal has an id of its own';

finish();
