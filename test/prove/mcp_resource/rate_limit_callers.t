# A worker remembers by which key it counted the tokens of late: nobody is counted as another for that, or twice.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $as      = run_origin();
my $as_port = $as->port;
my $opaque  = "mcp_introspection http://127.0.0.1:$as_port/introspect client_id=gateway client_secret_file=secret max_ttl=1s;";
my $nginx   = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), secret => 'secret' });
    mcp_zone mcp 1m;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /jwt    { $protected mcp_rate_limit rate=30r/h algorithm=fixed_window; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /other  { $protected mcp_rate_limit rate=60r/h algorithm=fixed_window; mcp_rate_limit rate=9r/h by=client burst=5000; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /opaque { mcp_resource https://mcp.example.com/opaque; mcp_audience $resource; mcp_authorization_server https://as.example.com; $opaque mcp_rate_limit rate=1000r/h algorithm=fixed_window; add_header X-Subject \$mcp_subject always; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200 "backend"; }
CONF

# More tokens than are remembered, and each three times, so that some are found again and others are not.
my @tokens = map { my $number = $_; map { access_token(sub => "user-$_", client_id => 'c', jti => "$number") } 1 .. 50 } 1 .. 30;
my %got;
for my $path ((qw(/jwt /other)) x 3) {
    my @left = @tokens;
    while (my @some = splice @left, 0, 500) {
        my @answers = $nginx->get_in_turn(map { [$path, token => $_] } @some);
        $got{$path}{ 1 + $_ % 50 }{ $answers[$_]->status }++ for 0 .. $#answers;
    }
}
for my $path (qw(/jwt /other)) {
    my $allowed = { '/jwt' => 30, '/other' => 60 }->{$path};
    is_deeply $got{$path}, { map { $_ => { 200 => $allowed, 429 => 90 - $allowed } } 1 .. 50 }, "$path: thirty tokens of each of fifty subjects get together what one may";
}

# What the authorization server says of a token may change: then it counts for whom it speaks for by then.
my (%counted, @wrong);
for my $sub (qw(alice bob alice)) {
    $as->answer('/introspect', body => to_json({ active => JSON::true, aud => $resource, sub => $sub, client_id => 'c' }));
    ok wait_for(10, sub {
        my $answer = $nginx->get('/opaque', token => 'the-token');
        my $who = $answer->header('X-Subject');
        my ($left) = $answer->header('RateLimit') =~ /\A"subject";r=(\d+);/;
        push @wrong, "$who: $left" if $left != 1000 - ++$counted{$who};
        return $who eq $sub;
    }), "the token speaks for $sub";
}
is_deeply \@wrong, [], '... and each request counted for whom it spoke for';

finish();
