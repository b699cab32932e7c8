class AddTest {
    @Test
    void adds() {
        assertEquals(3, Add.add(1, 2));
    }

    @Test
    void addsZero() {
        assertThat(Add.add(0, 0)).isEqualTo(0);
    }
}
