class AddTest {
    fun `adds two numbers`() {
        assertEquals(3, add(1, 2))
    }
}
